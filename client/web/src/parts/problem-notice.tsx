import { describeError, isCancelled } from "../words/error-in-words.ts";
import { Notice } from "./notice.tsx";

/** Renders nothing without an error, and nothing for what the person themselves stopped. */
export function ProblemNotice({ error, title }: { error: unknown; title?: string }) {
  if (error === null || error === undefined || isCancelled(error)) return null;
  const words = describeError(error);
  return (
    <Notice kind="problem" title={title ?? words.title}>
      <p>{words.detail}</p>
      {words.next === "" ? null : <p>{words.next}</p>}
      {words.reference === "" ? null : (
        <p className="small">
          If you ask for help, quote <code>{words.reference}</code>.
        </p>
      )}
    </Notice>
  );
}
