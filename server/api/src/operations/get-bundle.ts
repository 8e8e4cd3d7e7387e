import { toWire } from "../access/wire.ts";
import { inOwnTenant } from "../context/call.ts";
import { readRevisions, type RevisionKey } from "../storage/documents.ts";
import { type ManifestRow, readManifests } from "../storage/manifests.ts";
import { readChain } from "../storage/statements.ts";
import { documentAnswer } from "./document-answer.ts";
import type { Operation } from "./operation.ts";
import { chainAtMost } from "./recipient-view.ts";
import { releaseUnknown, requireOpenRelease } from "./releases.ts";

const manifestsAtMost = 16;
const manifestBytesAtMost = 33_554_432;

export const getBundle: Operation<"getBundle"> = async (call, { params: { b } }) => {
  const { g } = await requireOpenRelease(call, "getBundle", b);
  return inOwnTenant(call, async (tx) => {
    const manifests = withinBytes(await readManifests(tx, { b, g, limit: manifestsAtMost }));
    if (manifests.length === 0) throw releaseUnknown();
    const documents = await readRevisions(tx, entriesOf(manifests));
    // Why: what was taken out of the bequest got a header without its key; one confirmed before would still hold it.
    const newest = new Set(manifests[0]?.vers);
    const isNamed = ({ ver }: { ver: string }) => newest.has(ver);
    return {
      chain: await readChain(tx, -1, chainAtMost),
      manifests: manifests.map(({ mseq, body, jws }) => ({ mseq, body: toWire(body), statement: jws })),
      documents: documents.map((row) => ({ ...documentAnswer(row), ...(isNamed(row) ? {} : { confirmedHeader: "" }) })),
    };
  });
};

/** The revisions of documents that any of these manifests names, each once. */
export function entriesOf(manifests: readonly ManifestRow[]): RevisionKey[] {
  const entries = manifests.flatMap(({ docs, vers, revs }) =>
    docs.map((doc, i) => ({ doc, ver: vers[i] ?? "", rev: revs[i] ?? 0 })),
  );
  return [...new Map(entries.map((entry) => [`${entry.doc} ${entry.ver} ${entry.rev}`, entry])).values()];
}

// Why older ones at all: after a restore the newest may be missing, and the opener then says that it opens an older one.
function withinBytes(manifests: readonly ManifestRow[]): ManifestRow[] {
  let total = 0;
  return manifests.filter(({ body }, i) => (total += body.length) <= manifestBytesAtMost || i === 0);
}
