import { parseHybridRecipient } from "@afterkeep/formats";
import { type AccountView, isDisarmed, latestPolicy } from "@afterkeep/statements";
import { expectPossible, findBequest, saveLabel, type StoredBequest } from "./bequests.ts";
import { readChain } from "./chain.ts";
import type { Device } from "./device.ts";
import { chosenDocuments, readVault } from "./vault.ts";
import { RefusedError } from "./errors.ts";
import { rewriteHeaders } from "./headers.ts";
import type { BequestDraft, KnownGeneration } from "./labels.ts";
import { liveGenerations } from "./live-generations.ts";
import { commitManifest, contentOf } from "./manifest-commit.ts";
import { requireOwner } from "./owner.ts";
import type { OwnerKeys } from "./owner-keys.ts";

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
  if (draft.documents.length === 0)
    throw new RefusedError("draft-incomplete", "An armed bequest needs at least one document.");
  const vault = await readVault(device);
  const chosen = chosenDocuments(vault, draft.documents);
  const live = await liveGenerations(device, view, stored);
  const before = live.find(({ bi }) => bi === generation.bi)?.documents ?? [];
  const others = live.filter(({ bi }) => bi !== generation.bi);
  const known = { ...generation, documents: draft.documents };
  await saveLabel(device, keys, stored, { draft, generations: [...others, known] });
  // Why the removed ones too: without a new header their stanza would stay.
  const changed = [...new Set([...before, ...draft.documents])].filter(
    (doc) => before.includes(doc) !== draft.documents.includes(doc),
  );
  const touched = chosenDocuments(vault, changed);
  const rewritten = new Map(
    (await rewriteHeaders(device, keys, touched, () => undefined)).map((one) => [one.info.doc, one]),
  );
  const shared = chosen.map((one) => rewritten.get(one.info.doc) ?? one);
  const recipients = [keys.keyring.ageRecipient, generation.bi];
  await commitManifest(device, keys, { b: stored.b, g: generation.g }, recipients, () =>
    contentOf(shared, draft.message),
  );
}

function isContentChanged(before: BequestDraft, after: BequestDraft): boolean {
  return before.message !== after.message || before.documents.join() !== after.documents.join();
}
