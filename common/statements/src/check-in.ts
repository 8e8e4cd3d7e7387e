import { decodeBase64url } from "@afterkeep/bytes";
import { thumb } from "@afterkeep/crypto";
import type { ParsedStatement } from "@afterkeep/formats";
import type { AccountView, Head } from "./account-view.ts";
import { expectThat } from "./errors.ts";
import { openStatement } from "./open.ts";
import type { OpenedStatement } from "./sign.ts";

/** How another party's head relates to our chain. `ahead` may also be another chain; only fetching it tells. */
export type HeadRelation = "same" | "older" | "ahead" | "fork";

/**
 * Opens an untrusted check-in: signed by the device key that it names, which the owner key certified, for this account and
 * keyholder. The challenge and what to do about `seenHead` are the keyholder's. Throws StatementError.
 */
export function verifyCheckIn(
  read: string | ParsedStatement,
  view: AccountView,
): OpenedStatement<"checkin"> & { readonly seenHead: HeadRelation } {
  const statement = openStatement("checkin", read, (_kid, { deviceKey }) => decodeBase64url(deviceKey));
  const { body } = statement;
  expectThat(body.account === view.account, "account");
  expectThat(body.aud === view.keyholder, "audience");
  expectThat(view.devices.get(thumb(decodeBase64url(body.deviceKey))) === body.deviceKey, "device-unknown");
  return { ...statement, seenHead: relateHead(view, body.seenHead) };
}

/** Where `head` lies on the chain of `view`. */
export function relateHead(view: AccountView, head: Head): HeadRelation {
  if (head.seq > view.head.seq) return "ahead";
  if (view.ids[head.seq] !== head.id) return "fork";
  return head.seq === view.head.seq ? "same" : "older";
}
