import { DependencyError, type MailKind } from "@afterkeep/platform";
import type { ClockParts, ClockTransaction } from "../clock-parts.ts";
import { type ClaimedMail, readStates } from "../storage/outbox.ts";
import {
  findGivenAnew,
  isWholeTakenBack,
  readRelease,
  readStage,
  readTellingReceipts,
  type SlotName,
} from "../storage/releases.ts";
import { isSilenceGoingOn } from "../storage/reminders.ts";
import { askCooling } from "./ask-cooling.ts";
import { askHold } from "./ask-hold.ts";
import { slotOfNotice } from "./slot-of-notice.ts";

/** `unsure` is for the next look at the keyholder to settle. */
export type StillDue = "yes" | "no" | "unsure";

const reminderKinds: ReadonlySet<MailKind> = new Set(["reminder", "grace-reminder", "request-reminder"]);

/** Looks once more, just before a mail leaves, whether what it says still holds. Throws DependencyError while the keyholder is away. */
export async function isStillDue(trx: ClockTransaction, parts: ClockParts, mail: ClaimedMail): Promise<StillDue> {
  const { id, tenant, kind, key } = mail;
  if (reminderKinds.has(kind)) return (await isSilenceGoingOn(trx, id)) ? "yes" : "no";
  switch (kind) {
    case "release":
      return isShareStillGiven(trx, parts, slotOfNotice(mail), mail.mayHaveLeft);
    case "release-begun": {
      const [, decisionId = ""] = key.split(":");
      return (await isWholeTakenBack(trx, tenant, decisionId)) ? "no" : "yes";
    }
    case "withdrawn":
      return isStillTheLastWord(trx, slotOfNotice(mail));
    case "loosening":
      return isStillSo(await askCooling(parts, mail));
    case "held":
      return isStillSo(await askHold(parts, mail));
    default:
      return "yes";
  }
}

// Why unsure until the newer notice has left: it may be taken back before it does, and then this word is the last that its reader should have.
async function isStillTheLastWord(trx: ClockTransaction, slot: SlotName): Promise<StillDue> {
  const anew = await findGivenAnew(trx, slot);
  if (anew.length === 0) return "yes";
  const notices = anew.map(({ decisionId }) => ({ tenant: slot.tenant, key: `release:${decisionId}:${slot.r}` }));
  const isTold = (await readStates(trx, notices)).includes("accepted");
  return isTold || anew.some(({ stage }) => stage !== "granted") ? "no" : "unsure";
}

// Why by the keyholder alone: what a letter speaks of may have been ended by the owner since it was heard of, or by itself.
function isStillSo(untilMs: number | "unknown" | null): StillDue {
  if (untilMs === "unknown") return "unsure";
  return untilMs === null ? "no" : "yes";
}

// Why the keyholder too: what was heard of it is some seconds old, and to read that somebody's share is open, and then that they are alive, is cruel.
// Why unsure where the mail may have left: whoever writes down that it was taken back must find it, to tell its reader.
async function isShareStillGiven(
  trx: ClockTransaction,
  parts: ClockParts,
  slot: SlotName,
  mayHaveLeft: boolean,
): Promise<StillDue> {
  if ((await readStage(trx, slot)) !== "granted") return "no";
  const { tenant: account, decisionId, r } = slot;
  const release = await readRelease(trx, account, decisionId);
  if (release === undefined) return "no";
  await showReceipts(trx, parts, account);
  const { items } = await parts.keyholder.switches({ bequests: [{ account, b: release.b }] });
  const [item] = items;
  // Why not "no": it may not be able to read that record now, and nobody would write this letter again.
  if (item === undefined) throw new DependencyError("switch-unknown", "The keyholder says nothing of a switch.");
  const isGiven =
    item.release === release.statement && item.slots.some((one) => one.r === r && one.stage === "granted");
  if (isGiven) return "yes";
  return mayHaveLeft ? "unsure" : "no";
}

// Why before anybody is told: a keyholder that was put back with its whole folder decides by older signs until it is shown what it lost, and then holds
// everything (decision 0019). The api's turn comes within the hour, and a letter that has left cannot be taken back.
async function showReceipts(trx: ClockTransaction, { keyholder, logger }: ClockParts, tenant: string): Promise<void> {
  for (const receipt of await readTellingReceipts(trx)) {
    if ((await keyholder.showReceipt({ receipt })).isProof) logger.error({ event: "keyholder-rolled-back", tenant });
  }
}
