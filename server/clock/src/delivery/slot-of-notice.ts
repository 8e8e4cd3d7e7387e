import type { MailName } from "../storage/outbox.ts";
import type { SlotName } from "../storage/releases.ts";

/** Whose share, given by which decision, a mail to a recipient speaks of. */
export function slotOfNotice({ tenant, key }: MailName): SlotName {
  const [, decisionId = "", r = ""] = key.split(":");
  return { tenant, decisionId, r };
}
