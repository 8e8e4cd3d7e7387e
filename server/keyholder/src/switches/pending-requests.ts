import { openRequests, requestLeft } from "@afterkeep/switch";
import type { Bequest, HeardBequest } from "../store/bequests.ts";
import type { Moment } from "../time/attended-time.ts";

/** As many as a receipt or a challenge may tell of; a sign refuses the others too. */
const maxPending = 64;

/** What recipients asked of a bequest and nobody answered, with the attended ms until a decision could follow. */
export function pendingRequests(
  { policy, history }: Pick<Bequest, "policy" | "history">,
  attendedMs: number,
): { request: string; r: string; left: number }[] {
  return openRequests(history).map((asked) => ({
    request: asked.id,
    r: asked.r,
    left: requestLeft(policy, history, asked, attendedMs),
  }));
}

/** The same of all bequests of an account, as receipts and challenges say it. */
export function pendingRequestsOf(bequests: readonly HeardBequest[], { attendedMs }: Moment) {
  const all = bequests.flatMap((bequest) =>
    pendingRequests(bequest, attendedMs).map((one) => ({ ...one, b: bequest.b })),
  );
  return all.slice(0, maxPending);
}
