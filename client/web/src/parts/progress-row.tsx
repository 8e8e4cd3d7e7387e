import { formatSize } from "../words/size-in-words.ts";

/** `total` 0: not known yet. */
export function ProgressRow({ label, done, total }: { label: string; done: number; total: number }) {
  return (
    <div className="stack stack-tight">
      <div className="row row-between small">
        <span>{label}</span>
        <span className="soft">{total === 0 ? "" : `${formatSize(done)} of ${formatSize(total)}`}</span>
      </div>
      {total === 0 ? (
        <progress className="meter" aria-label={label} />
      ) : (
        <progress className="meter" aria-label={label} max={total} value={done} />
      )}
    </div>
  );
}
