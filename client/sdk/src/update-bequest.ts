import type { Id } from "@afterkeep/bytes";
import { parseHybridRecipient } from "@afterkeep/formats";
import { type AccountView, isDisarmed, latestPolicy } from "@afterkeep/statements";
import { expectPossible, findBequest, saveLabel, type StoredBequest } from "./bequests.ts";
import { readChain } from "./chain.ts";
import type { Device } from "./device.ts";
import { chosenDocuments, readVault, readVaultAt, type Vault } from "./vault.ts";
import { RefusedError } from "./errors.ts";
import { rewriteHeaders } from "./headers.ts";
import type { BequestDraft, KnownGeneration } from "./labels.ts";
import { hearBeforeDropping, liveGenerations } from "./live-generations.ts";
import { commitManifest, contentOf } from "./manifest-commit.ts";
import { requireOwner } from "./owner.ts";
import { expectNoneRestored } from "./restored.ts";
import type { OwnerKeys } from "./owner-keys.ts";
import type { VerifiedDocument } from "./verify-rows.ts";

/**
 * Keeps a changed draft. Where the bequest is armed, its documents and message are published at once under the same generation (header,
 * manifest, receipt: no cooling, nobody else needed); recipients and times change only by arming again.
 */
export async function updateBequest(device: Device, b: string, draft: BequestDraft): Promise<void> {
  const keys = await requireOwner(device);
  expectPossible(draft);
  const stored = await findBequest(device, keys, b);
  const view = await readChain(device);
  const policy = latestPolicy(view, b);
  const isArmed = policy !== null && !isDisarmed(view, b);
  if (!isArmed || !isContentChanged(stored.label.draft, draft)) {
    await saveLabel(device, keys, stored, { ...stored.label, draft });
    return;
  }
  await publish(device, keys, view, stored, draft, { g: policy.body.g, bi: parseHybridRecipient(policy.body.bi) });
}

async function publish(
  device: Device,
  keys: OwnerKeys,
  view: AccountView,
  stored: StoredBequest,
  draft: BequestDraft,
  generation: Pick<KnownGeneration, "g" | "bi">,
): Promise<void> {
  await expectNoneRestored(device);
  if (draft.documents.length === 0)
    throw new RefusedError("draft-incomplete", "An armed bequest needs at least one document.");
  const vault = await readVault(device);
  const chosen = chosenDocuments(vault, draft.documents);
  await hearBeforeDropping(device, view, [stored], "Nothing was changed");
  const live = await liveGenerations(device, view, stored);
  const before = live.find(({ bi }) => bi === generation.bi)?.documents ?? [];
  const others = live.filter(({ bi }) => bi !== generation.bi);
  const known = { ...generation, documents: draft.documents };
  await saveLabel(device, keys, stored, { draft, generations: [...others, known] });
  const taken = before.filter((doc) => !draft.documents.includes(doc) && isInVault(vault, doc));
  const added = draft.documents.filter((doc) => !before.includes(doc));
  // Why those taken out too: without a new header their stanza would stay.
  const written = await rewriteHeaders(device, keys, chosenDocuments(vault, [...taken, ...added]), () => undefined);
  const ready = new Map([...chosen, ...written].map((one) => [one.info.ver, one]));
  const recipients = [keys.keyring.ageRecipient, generation.bi];
  await commitManifest(device, keys, { b: stored.b, g: generation.g }, recipients, async (now) => {
    const current = chosenDocuments(await readVaultAt(device, keys, now), draft.documents);
    return contentOf(await withHeaders(device, keys, current, ready), draft.message);
  });
}

/** What is gone from the vault can still be taken out of a bequest. */
function isInVault({ entries }: Vault, doc: Id): boolean {
  return entries.some(({ docId }) => docId === doc);
}

/**
 * The documents as they are at the list that is signed, each with a header of its present version. Why not those of before: another device
 * may have sealed a new version meanwhile and withdrawn the header of the one before; named here, no recipient could open that.
 * @param ready by version, whose headers are as they must be, unless somebody wrote another over one that this call wrote
 */
async function withHeaders(
  device: Device,
  keys: OwnerKeys,
  documents: readonly VerifiedDocument[],
  ready: Map<Id, VerifiedDocument>,
): Promise<VerifiedDocument[]> {
  const lacking = documents.filter(({ info, isPresentHeader, headerRev }) => {
    const known = ready.get(info.ver);
    return !isPresentHeader || known === undefined || (known.writtenRev ?? headerRev) !== headerRev;
  });
  for (const one of await rewriteHeaders(device, keys, lacking, () => undefined)) ready.set(one.info.ver, one);
  return documents.map((one) => {
    const writtenRev = ready.get(one.info.ver)?.writtenRev;
    return writtenRev === undefined ? one : { ...one, writtenRev };
  });
}

function isContentChanged(before: BequestDraft, after: BequestDraft): boolean {
  return before.message !== after.message || before.documents.join() !== after.documents.join();
}
