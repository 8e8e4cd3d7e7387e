import { useQuery } from "@tanstack/react-query";
import { accountQuery } from "../../session/queries.ts";
import { formatSize } from "../../words/size-in-words.ts";

/** How much of the account's room is taken: sealed sizes, with every kept version. */
export function UsageLine() {
  const { data } = useQuery(accountQuery);
  if (data === undefined) return null;
  return (
    <div className="stack stack-tight">
      <progress className="meter" max={data.quotaBytes} value={data.usedBytes} aria-label="Room taken" />
      <p className="soft small">
        {formatSize(data.usedBytes)} of {formatSize(data.quotaBytes)} taken
      </p>
    </div>
  );
}
