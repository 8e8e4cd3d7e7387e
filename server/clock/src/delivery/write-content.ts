import { createHash, randomBytes } from "node:crypto";
import { parseStatement } from "@afterkeep/formats";
import { InvariantError, type OutgoingMail } from "@afterkeep/platform";
import { releaseBody, statementLimits } from "@afterkeep/statements";
import type { ClockParts, ClockTransaction } from "../clock-parts.ts";
import { decisionOf } from "../effects.ts";
import { type Owner, readRecipientAddress } from "../owner.ts";
import { addOpenLink } from "../storage/accounts.ts";
import type { ClaimedMail } from "../storage/outbox.ts";
import { readRelease } from "../storage/releases.ts";
import { readEarliestOfMail } from "../storage/switch-states.ts";
import { askCooling } from "./ask-cooling.ts";
import { askHold } from "./ask-hold.ts";

/** Address and content of a mail that the clock wrote; null when nobody is there to get it. */
export async function writeContent(
  trx: ClockTransaction,
  parts: ClockParts,
  owner: Owner,
  mail: ClaimedMail,
): Promise<OutgoingMail | null> {
  const { kind } = mail;
  switch (kind) {
    case "reminder":
    case "grace-reminder":
    case "request-reminder": {
      const earliestMs = await readEarliestOfMail(trx, mail.id);
      const { token } = await parts.keyholder.mintToken({ account: mail.tenant });
      return { to: owner.email, content: { kind, ownerName: owner.name, token, earliestMs } };
    }
    case "loosening": {
      const bindsAtMs = await askCooling(parts, mail);
      return bindsAtMs === null ? null : { to: owner.email, content: { kind, ownerName: owner.name, bindsAtMs } };
    }
    case "held": {
      const untilMs = await askHold(parts, mail);
      return untilMs === null ? null : { to: owner.email, content: { kind, ownerName: owner.name, untilMs } };
    }
    case "release-begun":
      return { to: owner.email, content: { kind, ownerName: owner.name, ...(await releaseOf(trx, mail)) } };
    case "release": {
      const { decidedAtMs } = await releaseOf(trx, mail);
      const to = await addressOf(trx, parts, owner, mail);
      if (to === null) return null;
      return { to, content: { kind, ownerName: owner.name, token: await openLink(trx, parts, mail), decidedAtMs } };
    }
    case "withdrawn": {
      const to = await addressOf(trx, parts, owner, mail);
      return to === null ? null : { to, content: { kind, ownerName: owner.name } };
    }
    default:
      throw new InvariantError("mail-without-content", "A mail of the api's has no content.");
  }
}

async function releaseOf(trx: ClockTransaction, mail: ClaimedMail) {
  const release = await readRelease(trx, mail.tenant, decisionOf(mail));
  if (release === undefined)
    throw new InvariantError("release-lost", "A notice speaks of a decision that is not kept.");
  const { payload } = parseStatement(release.statement, "release", statementLimits.receipt);
  return { decidedAtMs: release.decidedAtMs, recipients: releaseBody.parse(payload).recipients.length };
}

async function addressOf(
  trx: ClockTransaction,
  parts: ClockParts,
  owner: Owner,
  { tenant, recipient }: ClaimedMail,
): Promise<string | null> {
  const to = recipient === null ? null : await readRecipientAddress(trx, owner, { tenant, r: recipient });
  if (to === null)
    parts.logger.error({ event: "recipient-unknown", tenant }, "a recipient of a release is not in the database");
  return to;
}

/** A link of the recipient's own; only its hash stays in the database. */
async function openLink(trx: ClockTransaction, parts: ClockParts, { tenant, recipient }: ClaimedMail): Promise<string> {
  const token = randomBytes(32);
  const hash = createHash("sha256").update(token).digest();
  await addOpenLink(trx, { tenant, r: recipient ?? "", hash, nowMs: parts.realClock.nowMs() });
  return token.toString("base64url");
}
