import { parseHybridRecipient } from "@afterkeep/formats";
import { isDisarmed, latestPolicy } from "@afterkeep/statements";
import { expectPossible, findBequest, saveLabel, type StoredBequest } from "./bequests.ts";
import { readChain } from "./chain.ts";
import type { Device } from "./device.ts";
import { readVault, type VerifiedDocument } from "./documents.ts";
import { RefusedError } from "./errors.ts";
import { rewriteHeaders } from "./headers.ts";
import type { BequestDraft, KnownGeneration } from "./labels.ts";
import { commitManifest } from "./manifest-commit.ts";
import { type OwnerKeys, requireOwner } from "./owner.ts";

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
  await publish(device, keys, stored, draft, { g: policy.body.g, bi: parseHybridRecipient(policy.body.bi) });
}

async function publish(
  device: Device,
  keys: OwnerKeys,
  stored: StoredBequest,
  draft: BequestDraft,
  generation: Pick<KnownGeneration, "g" | "bi">,
): Promise<void> {
  const vault = await readVault(device);
  const chosen = documentsOf(vault, draft.documents);
  const before = stored.label.generations.find(({ g }) => g === generation.g)?.documents ?? [];
  const others = stored.label.generations.filter(({ g }) => g !== generation.g);
  const known = { ...generation, documents: draft.documents };
  await saveLabel(device, keys, stored, { draft, generations: [...others, known] });
  // Why the removed ones too: without a new header their stanza would stay.
  const touched = vault.filter(({ info }) => before.includes(info.doc) !== draft.documents.includes(info.doc));
  await rewriteHeaders(device, keys, touched, () => undefined);
  const recipients = [keys.keyring.ageRecipient, generation.bi];
  await commitManifest(device, keys, { b: stored.b, g: generation.g }, recipients, () => ({
    entries: chosen.map(({ entry }) => entry),
    message: draft.message,
  }));
}

function documentsOf(vault: readonly VerifiedDocument[], documents: BequestDraft["documents"]): VerifiedDocument[] {
  if (documents.length === 0) throw new RefusedError("draft-incomplete", "An armed bequest needs at least one document.");
  return documents.map((doc) => {
    const found = vault.find(({ info }) => info.doc === doc);
    if (found === undefined) throw new RefusedError("draft-incomplete", "A document of this bequest is no longer in your vault.");
    return found;
  });
}

function isContentChanged(before: BequestDraft, after: BequestDraft): boolean {
  return before.message !== after.message || before.documents.join() !== after.documents.join();
}
