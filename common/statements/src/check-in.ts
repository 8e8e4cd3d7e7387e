import { decodeBase64url } from "@afterkeep/bytes";
import { thumb } from "@afterkeep/crypto";
import type { ParsedStatement } from "@afterkeep/formats";
import type { AccountView, Head } from "./account-view.ts";
import { expectThat, StatementError } from "./errors.ts";
import { openStatement } from "./open.ts";
import type { OpenedStatement } from "./sign.ts";

/** How another party's head relates to our chain. `ahead` may also be another chain; only fetching it tells. */
export type HeadRelation = "same" | "older" | "ahead" | "fork";

export type VerifiedCheckIn = OpenedStatement<"checkin"> & {
  /** What it counts as: of what its key was certified for. */
  readonly class: "signed" | "delegated";
  readonly seenHead: HeadRelation;
};

/**
 * Opens an untrusted check-in as far as that goes without an account's chain: signed by the key that it names, for this keyholder. Whether that key
 * may check in, `judgeCheckIn` says. Throws StatementError.
 * @param keyholder its thumb
 */
export function openCheckIn(read: string | ParsedStatement, keyholder: string): OpenedStatement<"checkin"> {
  const statement = openStatement("checkin", read, (_kid, { deviceKey }) => decodeBase64url(deviceKey));
  expectThat(statement.body.aud === keyholder, "audience");
  return statement;
}

/**
 * Whether an opened check-in is by a key that the owner key certified, and as what. A delegate's answers nothing: only what the owner's own hand signs lets
 * a request go on. The challenge and what to do about `seenHead` are the keyholder's. Throws StatementError.
 */
export function judgeCheckIn(statement: OpenedStatement<"checkin">, view: AccountView): VerifiedCheckIn {
  const { body } = statement;
  expectThat(body.account === view.account, "account");
  const by = classOfKey(view, body.deviceKey);
  expectThat(by === "signed" || body.answers.length === 0, "unsupported", "answers");
  return { ...statement, class: by, seenHead: relateHead(view, body.seenHead) };
}

/** Both of the above. Throws StatementError. */
export function verifyCheckIn(read: string | ParsedStatement, view: AccountView): VerifiedCheckIn {
  return judgeCheckIn(openCheckIn(read, view.keyholder), view);
}

/** Why by the chain alone: a key that lies on a server for a job would else say of itself that it is a person's. */
function classOfKey({ devices, delegates }: AccountView, key: string): VerifiedCheckIn["class"] {
  const name = thumb(decodeBase64url(key));
  if (devices.get(name) === key) return "signed";
  if (delegates.get(name) === key) return "delegated";
  throw new StatementError("device-unknown");
}

/** Where `head` lies on the chain of `view`. */
export function relateHead(view: AccountView, head: Head): HeadRelation {
  if (head.seq > view.head.seq) return "ahead";
  if (view.ids[head.seq] !== head.id) return "fork";
  return head.seq === view.head.seq ? "same" : "older";
}
