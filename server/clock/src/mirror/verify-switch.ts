import { openStatement, type StatementBody, StatementError, verifyRelease } from "@afterkeep/statements";
import type { KeyholderSwitch } from "../zone-clients.ts";
import type { PinnedKeyholder } from "../keyholder-pin.ts";

/** A switch whose decisions are signed by the pinned keyholder. Only this may move anybody. */
export type VerifiedSwitch = {
  item: KeyholderSwitch;
  release: StatementBody<"release"> | null;
  withdrawn: { body: StatementBody<"withdrawn">; jws: string }[];
};

/**
 * Verifies what a switch claims: nobody is releasing, granted or withdrawn without the keyholder's signature over exactly this
 * account, bequest, generation and recipient. Throws StatementError.
 */
export function verifySwitch(item: KeyholderSwitch, pinned: PinnedKeyholder): VerifiedSwitch {
  const release = item.release === "" ? null : releaseOf(item, pinned);
  if (mustBeDecided(item) && release === null) throw new StatementError("mismatch", "state without decision");
  const known = new Set(release?.recipients.map(({ r }) => r));
  for (const { r, stage } of item.slots)
    if (stage === "granted" && !known.has(r)) throw new StatementError("mismatch", "grant without decision");
  return { item, release, withdrawn: item.slots.flatMap((slot) => withdrawalOf(item, slot, pinned)) };
}

// Why not `closed`: once everything was fetched it stays so, also after the owner returned and the decision is over.
function mustBeDecided({ state }: KeyholderSwitch): boolean {
  return state === "releasing" || state === "released";
}

function releaseOf(item: KeyholderSwitch, pinned: PinnedKeyholder): StatementBody<"release"> {
  const { account, b, g, policyHash } = item;
  return verifyRelease(item.release, pinned.publicKey, { account, b, g, policyHash, mode: pinned.mode }).body;
}

function withdrawalOf(item: KeyholderSwitch, slot: KeyholderSwitch["slots"][number], pinned: PinnedKeyholder) {
  if (slot.withdrawn === "") return [];
  const { body } = openStatement("withdrawn", slot.withdrawn, pinned.publicKey);
  // Why g may differ: the owner who came back may have made a new generation since.
  if (body.account !== item.account || body.b !== item.b || body.r !== slot.r)
    throw new StatementError("mismatch", "withdrawal of another place");
  return [{ body, jws: slot.withdrawn }];
}
