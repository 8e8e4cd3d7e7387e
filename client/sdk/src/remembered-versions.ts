import { encodeBase64url, encodeUtf8 } from "@afterkeep/bytes";
import { sha256 } from "@afterkeep/crypto";
import { decodeMetadata, type ManifestEntry } from "@afterkeep/formats";
import type { SealingPlan } from "@afterkeep/sealing";
import { documentInfo, type DocumentRow } from "./document-info.ts";
import type { OwnerKeys } from "./owner-keys.ts";
import { type VerifiedDocument, type VerifiedRows, verifyRows } from "./verify-rows.ts";

type Remembered = { readonly digest: string; readonly document: VerifiedDocument };
/** Dies with the keys that opened it. */
const remembered = new WeakMap<OwnerKeys, Map<string, Remembered>>();

/** A version that was verified already and still is what it was. */
export function rememberedVersion(keys: OwnerKeys, doc: string, ver: string): VerifiedDocument | null {
  return remembered.get(keys)?.get(`${doc}/${ver}`)?.document ?? null;
}

/** What this device sealed itself needs no opening, as long as the server hands out exactly that. */
export function rememberSealed(keys: OwnerKeys, sealed: readonly { plan: SealingPlan; entry: ManifestEntry }[]): void {
  const known = remembered.get(keys) ?? new Map<string, Remembered>();
  for (const { plan, entry } of sealed) {
    const { docId: doc, verId: ver, account, fileKey, payloadLen, objectLen } = plan;
    const texts = { header: encodeBase64url(plan.header), metadata: encodeBase64url(plan.metadata) };
    const row = { doc, ver, rev: 0, ...texts, headerRev: 0, confirmedHeader: "", payloadLen, objectLen, createdAt: 0 };
    const metadata = decodeMetadata(fileKey, { account, docId: doc, verId: ver, rev: 0 }, plan.metadata);
    const opened = { account, fileKey, metadata };
    const revs = { headerRev: 0, isPresentHeader: true, rev: 0 };
    const document = { info: documentInfo(row, metadata), entry, opened, ...revs };
    const key = `${doc}/${ver}`;
    known.set(key, { digest: digestsOf([entry], [row]).get(key) ?? "", document });
  }
  remembered.set(keys, known);
}

/**
 * As verifyRows, opening only headers that this page or process has not opened before. Why: a hybrid key takes milliseconds for each
 * header, and a vault of thousands is read before and after every change.
 */
export async function verifyRemembered(
  keys: OwnerKeys,
  entries: readonly ManifestEntry[],
  rows: readonly DocumentRow[],
): Promise<VerifiedRows> {
  const known = remembered.get(keys) ?? new Map<string, Remembered>();
  const digests = digestsOf(entries, rows);
  const knownOf = ({ docId, verId }: ManifestEntry): VerifiedDocument | null => {
    const found = known.get(`${docId}/${verId}`);
    return found !== undefined && digests.get(`${docId}/${verId}`) === found.digest ? found.document : null;
  };
  const unknown = entries.filter((entry) => knownOf(entry) === null);
  const fresh = await verifyRows(keys.account, unknown, rows, keys.keyring.ageIdentity);
  const opened = new Map(fresh.documents.map((one) => [`${one.info.doc}/${one.info.ver}`, one]));
  // Why in the order of the entries: a list must not change its order because some of it was opened before.
  const next = entries.flatMap((entry): [string, Remembered][] => {
    const key = `${entry.docId}/${entry.verId}`;
    const document = opened.get(key) ?? knownOf(entry);
    return document === null ? [] : [[key, { digest: digests.get(key) ?? "", document }]];
  });
  remembered.set(keys, new Map(next));
  return { documents: next.map(([, { document }]) => document), damaged: fresh.damaged };
}

/** For each entry a hash over it and over every row that claims to be its version. */
function digestsOf(entries: readonly ManifestEntry[], rows: readonly DocumentRow[]): ReadonlyMap<string, string> {
  const texts = new Map<string, string[]>();
  for (const { docId, verId, payloadLen, payloadRoot, fkCommit, metaHash } of entries) {
    const hashes = [payloadRoot, fkCommit, metaHash].map((hash) => encodeBase64url(hash));
    texts.set(`${docId}/${verId}`, [String(payloadLen), ...hashes]);
  }
  for (const { doc, ver, rev, header, headerRev, confirmedHeader, metadata, objectLen } of rows)
    texts
      .get(`${doc}/${ver}`)
      ?.push(String(rev), header, String(headerRev), confirmedHeader, metadata, String(objectLen));
  return new Map([...texts].map(([key, text]) => [key, encodeBase64url(sha256(encodeUtf8(text.join(" "))))]));
}
