import { NotFoundError } from "@afterkeep/platform";
import { attestedSignId } from "@afterkeep/statements";
import type { KeyholderParts } from "../parts.ts";
import { findReceiptIfReadable } from "../store/statements.ts";
import { hearAll } from "./hear-all.ts";
import type { OnVerified } from "./hear-or-note.ts";
import { writeReceipt } from "./receipt.ts";
import { countedBy } from "./weak-sign.ts";

type Attested = { account: string; statement: string; receipt: string };
/**
 * The api's word that an owner passed every factor of a sign-in: a weak sign, as far as bequests accept it. The same event is heard once, and gets the same
 * receipt. Where no bequest counts it the receipt is empty and nothing of it is left.
 */
export function attest(
  parts: KeyholderParts,
  { account, event }: { account: string; event: string },
  onVerified: OnVerified,
): Omit<Attested, "account"> {
  const statement = attestedSignId(account, event);
  const known = findReceiptIfReadable(parts.store, statement);
  if (known !== null) return { statement, receipt: known };
  return { statement, receipt: hear(parts, { account, statement }, event, onVerified) };
}

function hear(
  parts: KeyholderParts,
  { account, statement }: Omit<Attested, "receipt">,
  event: string,
  onVerified: OnVerified,
): string {
  const head = parts.chains.find(account)?.head;
  if (head === undefined) throw new NotFoundError("account-unknown", "The keyholder does not know this account.");
  const moment = parts.time.advance();
  onVerified({ account, sign: statement, class: "attested" });
  return parts.store.commit(() => {
    const heard = hearAll(parts, account, () => ({ kind: "attested", id: statement }), moment);
    const weak = countedBy("attested", heard.read, moment);
    if (weak === null) return "";
    // Why the statement for its challenge: the event makes it unrepeatable, as a challenge would.
    return writeReceipt(parts, { account, statement, nonce: event, challenge: statement, head, weak }, heard, moment);
  });
}
