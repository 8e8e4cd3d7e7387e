import { speak } from "../keys/speak.ts";
import type { KeyholderParts } from "../parts.ts";
import type { Bequest } from "../store/bequests.ts";
import { setWithdrawn } from "../store/slots.ts";

/**
 * Signs for each recipient that their share was taken back before it left. Call inside the commit that changes their stage; after
 * it, no grant of this decision exists any more.
 */
export function withdraw(
  parts: KeyholderParts,
  { account, b, policy, history }: Bequest,
  recipients: readonly string[],
  by: { sign: string; atMs: number },
): void {
  if (history.decision === null) return;
  for (const r of recipients) {
    const place = { b, g: policy.g, r };
    const body = { account, ...place, decisionId: history.decision.id, sign: by.sign, at: by.atMs };
    setWithdrawn(parts.store, account, place, speak(parts.keys, "withdrawn", body));
  }
}
