import { equalBytes } from "@afterkeep/bytes";
import { thumb } from "@afterkeep/crypto";
import { encodeJcs } from "@afterkeep/formats";
import type { AccountView } from "./account-view.ts";
import { type StatementBody, zeroHash } from "./bodies.ts";
import { type HeadRelation, relateHead } from "./check-in.ts";
import { expectThat } from "./errors.ts";
import { openStatement } from "./open.ts";
import { parseBody } from "./parse-body.ts";
import type { OpenedStatement } from "./sign.ts";

type Challenge = StatementBody<"challenge">;
type Release = StatementBody<"release">;
type Place = { readonly account: string; readonly b: string; readonly g: number; readonly r: string };

export type ChallengeExpectation = {
  /** The pinned keyholder, 32 raw bytes. */
  readonly keyholderKey: Uint8Array;
  readonly account: string;
  readonly purpose: Challenge["purpose"];
  /** The estimate of the keyholder's product time, ms. */
  readonly nowMs: number;
  /** The verified chain; null before the genesis. */
  readonly view: AccountView | null;
};

export type VerifiedChallenge = {
  readonly body: Challenge;
  /** `ahead`: fetch the chain first. `older`, `fork`: the keyholder lost changes or has others; never for `control`. */
  readonly head: HeadRelation;
};

/**
 * Verifies an untrusted challenge before anything is signed over it. Throws StatementError.
 *
 * Why a check-in or a disarm may be signed whatever the head is: it only makes a release later, and after a restore of the keyholder's
 * store it is what ends the hold. The receipt is then judged by its own head.
 */
export function verifyChallenge(jws: string, expected: ChallengeExpectation): VerifiedChallenge {
  const { body } = openStatement("challenge", jws, expected.keyholderKey);
  expectThat(body.aud === thumb(expected.keyholderKey), "audience");
  expectThat(body.account === expected.account, "account");
  expectThat(body.purpose === expected.purpose, "purpose");
  expectThat(body.expires > expected.nowMs, "expired");
  const head = relateChallengeHead(body.head, expected.view);
  if (expected.purpose === "control") {
    expectThat(head !== "older", "head-behind");
    expectThat(head !== "fork", "chain-conflict");
  }
  return { body, head };
}

function relateChallengeHead(head: Challenge["head"], view: AccountView | null): HeadRelation {
  const isEmpty = head.id === zeroHash;
  expectThat(!isEmpty || head.seq === 0, "chain-conflict", "an empty chain has no length");
  if (view === null) return isEmpty ? "same" : "ahead";
  return isEmpty ? "older" : relateHead(view, head);
}

/** Verifies an untrusted one-time deposit key for exactly this place. `nowMs`: estimate of product time. Throws StatementError. */
export function verifyDepositKey(
  jws: string,
  keyholderKey: Uint8Array,
  expected: Place & { readonly nowMs: number },
): OpenedStatement<"deposit-key"> {
  const { nowMs, ...place } = expected;
  const opened = openAbout("deposit-key", jws, keyholderKey, place);
  expectThat(opened.body.expires > nowMs, "expired");
  return opened;
}

/** Verifies the keyholder's word that it holds exactly these parts. Hashes are base64url. Throws StatementError. */
export function verifyImported(
  jws: string,
  keyholderKey: Uint8Array,
  expected: StatementBody<"imported">,
): OpenedStatement<"imported"> {
  return openAbout("imported", jws, keyholderKey, expected);
}

export type ReleaseExpectation = Pick<Release, "account" | "b" | "g" | "mode"> &
  Partial<Pick<Release, "decisionId" | "policyHash" | "manifestHash" | "recipients">>;

/**
 * Verifies an untrusted release: the keyholder's decision on this bequest, generation and mode. A recipient also passes what their
 * grant says (decision, policy, manifest). Throws StatementError.
 */
export function verifyRelease(
  jws: string,
  keyholderKey: Uint8Array,
  expected: ReleaseExpectation,
): OpenedStatement<"release"> {
  return openAbout("release", jws, keyholderKey, expected);
}

/** Verifies that the owner's return stopped this recipient's grant. Throws StatementError. */
export function verifyWithdrawn(
  jws: string,
  keyholderKey: Uint8Array,
  expected: Place & { readonly decisionId: string; readonly sign?: string },
): OpenedStatement<"withdrawn"> {
  return openAbout("withdrawn", jws, keyholderKey, expected);
}

/** Verifies that the keyholder noted what this recipient asked. Throws StatementError. */
export function verifyAsked(
  jws: string,
  keyholderKey: Uint8Array,
  expected: Place & { readonly request: string; readonly policyHash?: string; readonly mode: "real" | "demo" },
): OpenedStatement<"asked"> {
  return openAbout("asked", jws, keyholderKey, expected);
}

/** Verifies the keyholder's word on whether its operators froze it. Throws StatementError. */
export function verifyFreezeState(
  jws: string,
  keyholderKey: Uint8Array,
  expected: { readonly mode: "real" | "demo" },
): OpenedStatement<"freeze-state"> {
  return openAbout("freeze-state", jws, keyholderKey, { aud: thumb(keyholderKey), ...expected });
}

type BoundKind = "deposit-key" | "imported" | "release" | "withdrawn" | "asked" | "freeze-state";

/** Opens what the keyholder signed and compares every field that the caller already knows. */
function openAbout<K extends BoundKind>(
  kind: K,
  jws: string,
  keyholderKey: Uint8Array,
  expected: Partial<StatementBody<K>>,
): OpenedStatement<K> {
  const opened: OpenedStatement<K> = openStatement(kind, jws, keyholderKey);
  const said = fieldsOf(kind, opened.body);
  const known = Object.entries(expected).filter(([, value]) => value !== undefined);
  const wanted = fieldsOf(kind, { ...opened.body, ...Object.fromEntries(known) });
  for (const [field, value] of wanted) {
    const isSame = equalBytes(value, said.get(field) ?? new Uint8Array());
    expectThat(isSame, field === "account" || field === "mode" ? field : "mismatch", field);
  }
  return opened;
}

/** Why canonical: two objects that say the same may list their fields in another order. */
function fieldsOf<K extends BoundKind>(kind: K, body: StatementBody<K>): Map<string, Uint8Array> {
  return new Map(Object.entries(parseBody(kind, body).payload).map(([field, value]) => [field, encodeJcs(value)]));
}
