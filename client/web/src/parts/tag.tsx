import type { Tone } from "../words/state-in-words.ts";

export function Tag({ tone = "calm", children }: { tone?: Tone; children: string }) {
  return (
    <span className="tag" data-kind={tone}>
      {children}
    </span>
  );
}
