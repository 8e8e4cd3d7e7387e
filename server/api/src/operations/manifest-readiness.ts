import { ConflictError, InputError } from "@afterkeep/platform";
import { zeroId } from "@afterkeep/statements";
import type { ReadStatement } from "../access/statement-reading.ts";
import type { OwnerActor } from "../context/actor.ts";
import type { Call, Tx } from "../context/call.ts";
import { readBequest } from "../storage/bequests.ts";
import { readMetadata, readRevs, type Revision } from "../storage/document-metadata.ts";
import {
  countOtherHeaders,
  countReady,
  type HeaderKey,
  postponeRemoval,
  type RevisionKey,
} from "../storage/documents.ts";
import { readManifests } from "../storage/manifests.ts";
import { headerChanged } from "./document-refusals.ts";
import type { InputOf } from "./operation.ts";
import { bequestUnknown } from "./submit-statement.ts";

export type ManifestInput = InputOf<"commitManifest">["body"];
export type Manifest = {
  input: ManifestInput;
  bytes: Buffer;
  /** The new metadata of `input`, read. */
  revisions: readonly Revision[];
  statement: ReadStatement<"manifest">;
};

const versionOf = ({ doc, ver }: { doc: string; ver: string }) => `${doc} ${ver}`;
const revisionOf = ({ doc, ver, rev }: RevisionKey) => `${doc} ${ver} ${rev}`;

/** Why none without a word: a manifest goes on naming documents whose present headers its signer could not open. */
function headersVerifiedBy({ entries }: ManifestInput): HeaderKey[] {
  return entries.flatMap(({ doc, ver, headerRev }) => (headerRev === undefined ? [] : [{ doc, ver, headerRev }]));
}

/** Throws unless everything that a manifest names is there: whole objects, and the metadata revisions, stored or brought along. */
export async function requireReady(call: Call<OwnerActor>, tx: Tx, { input, revisions }: Manifest): Promise<void> {
  requireDistinct(input);
  const isVault = input.b === zeroId;
  if (!isVault && (await readBequest(tx, input.b)) === null) throw bequestUnknown();
  const states = isVault ? (["pending", "committed", "retired"] as const) : (["committed"] as const);
  if ((await countReady(tx, input.entries, states)) !== input.entries.length) throw documentsNotReady();
  if (isVault) await requireForward(tx, input);
  await requireRevisions(tx, input, revisions);
  // Why: what was shared with the bequest is in that header alone; over another one, its recipients could open nothing.
  if (!isVault && (await countOtherHeaders(tx, headersVerifiedBy(input))) > 0) throw headerChanged();
  await postponeRemoval(tx, input.entries, call.services.realClock.nowMs());
}

function requireDistinct({ entries, metadata }: ManifestInput): void {
  if (new Set(entries.map(versionOf)).size !== entries.length)
    throw new InputError("entries-repeated", "The manifest names a document twice.", { next: "Sign it again." });
  const named = new Set(entries.map(revisionOf));
  const brought = new Set(metadata.map(revisionOf));
  if (brought.size !== metadata.length || metadata.some((one) => !named.has(revisionOf(one))))
    throw new InputError("metadata-not-named", "Metadata came with the manifest that it does not name.", {
      next: "Send the revisions that the manifest names, each once.",
    });
}

/** New revisions follow the newest stored one; a stored one never changes. */
async function requireRevisions(tx: Tx, input: ManifestInput, brought: readonly Revision[]): Promise<void> {
  const stored = await readRevs(tx, input.entries);
  const known = new Set(stored.map(revisionOf));
  const newest = new Map<string, number>();
  for (const one of stored) newest.set(versionOf(one), Math.max(one.rev, newest.get(versionOf(one)) ?? 0));
  for (const fresh of brought) {
    if (!known.has(revisionOf(fresh)) && fresh.rev <= (newest.get(versionOf(fresh)) ?? -1)) throw metadataOlder();
    if (known.has(revisionOf(fresh)) && (await readMetadata(tx, fresh))?.equals(fresh.metadata) !== true)
      throw metadataExists();
    known.add(revisionOf(fresh));
  }
  if (input.entries.some((entry) => !known.has(revisionOf(entry)))) throw documentsNotReady();
}

/** The vault never goes back to an older revision of what it names: that would be a lost rename. */
async function requireForward(tx: Tx, { b, entries }: ManifestInput): Promise<void> {
  const [newest] = await readManifests(tx, { b, limit: 1 });
  if (newest === undefined) return;
  const revs = new Map(newest.docs.map((doc, i) => [`${doc} ${newest.vers[i] ?? ""}`, newest.revs[i] ?? 0]));
  if (entries.some((entry) => entry.rev < (revs.get(versionOf(entry)) ?? 0))) throw metadataOlder();
}

function documentsNotReady(): ConflictError {
  return new ConflictError("documents-not-ready", "The manifest names documents that have not arrived whole.", {
    next: "Upload them first, then sign again.",
  });
}

function metadataOlder(): ConflictError {
  return new ConflictError("metadata-older", "Another device has renamed or moved a document since.", {
    next: "Reload, and sign again.",
  });
}

function metadataExists(): ConflictError {
  return new ConflictError("metadata-exists", "This revision of a document's metadata is stored with other content.", {
    next: "Reload, and sign again.",
  });
}
