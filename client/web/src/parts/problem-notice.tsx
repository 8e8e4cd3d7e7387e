import { describeError, isCancelled } from "../words/error-in-words.ts";
import { Notice } from "./notice.tsx";

/** Why: "This check-in did NOT count" begins the message itself, for programs that show nothing else. Once is enough. */
function withoutHeading(detail: string, heading: string): string {
  const rest = detail.startsWith(heading) ? detail.slice(heading.length).replace(/^[.:]?\s+/, "") : detail;
  return rest === "" || rest === "." ? detail : rest;
}

/** Renders nothing without an error, and nothing for what the person themselves stopped. */
export function ProblemNotice({ error, title }: { error: unknown; title?: string }) {
  if (error === null || error === undefined || isCancelled(error)) return null;
  const words = describeError(error);
  const heading = title ?? words.title;
  return (
    <Notice kind="problem" title={heading}>
      <p>{withoutHeading(words.detail, heading)}</p>
      {words.next === "" ? null : <p>{words.next}</p>}
      {words.reference === "" ? null : (
        <p className="small">
          If you ask for help, quote <code>{words.reference}</code>.
        </p>
      )}
    </Notice>
  );
}
