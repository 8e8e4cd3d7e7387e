import { decodeBase64url } from "@afterkeep/bytes";
import { DecryptionError, thumbBytes } from "@afterkeep/crypto";
import { type BequestContext, openInner, openOuter, openPath } from "@afterkeep/formats";
import { Violation } from "../ledger/violation.ts";
import type { BequestState, Gate, Person, Vault } from "./vault.ts";

type Given = { readonly share: Uint8Array; readonly outer: string; readonly path: string };

/**
 * S6, on bytes: a share that was given opens what was given with it down to the bequest's identity, and no other gate of this owner: no other
 * recipient's, no other generation's, no other bequest's.
 */
export async function requireOwnGateOnly(
  vault: Vault,
  bequest: BequestState,
  person: Person,
  { share, outer, path }: Given,
): Promise<void> {
  const own = bequest.gates.find((gate) => gate.r === person.r && gate.path === path);
  if (own === undefined) throw new Violation("S4", "given with a path that was never deposited for this recipient");
  const inner = openOuter(openPath(share, own.context, decodeBase64url(path)), own.context, decodeBase64url(outer));
  const identity = await openInner(person.identity, inner, own.context, thumbBytes(vault.ownerKey.publicKey));
  if (identity !== own.identity) throw new Violation("S4", "opens to another identity than was sealed");
  for (const gate of vault.bequests.flatMap(({ gates }) => gates)) if (gate !== own) requireShut(share, gate);
}

function requireShut(share: Uint8Array, { context, path }: Gate): void {
  if (isOpen(share, context, path)) throw new Violation("S6", "a share opens another outer part");
}

function isOpen(share: Uint8Array, context: BequestContext, path: string): boolean {
  try {
    openPath(share, context, decodeBase64url(path));
    return true;
  } catch (error) {
    if (error instanceof DecryptionError) return false;
    throw error;
  }
}
