import type { Id } from "@afterkeep/bytes";
import type { Device } from "./device.ts";
import { type Patience, patiently } from "./patience.ts";
import { UploadUnusableError } from "./upload-errors.ts";

/** Part number → SHA-256, base64url. */
export type PartHashes = ReadonlyMap<number, string>;

export type Arrived = { readonly parts: PartHashes; readonly object: string };

/** What the server says that it has of a version. */
export async function listArrived(
  device: Device,
  { docId, verId }: { readonly docId: Id; readonly verId: Id },
  patience: Patience,
  signal: AbortSignal,
): Promise<Arrived> {
  const params = { doc: docId, ver: verId };
  const { parts, object } = await patiently(patience, signal, () =>
    device.transport.call("listParts", { params }, signal),
  );
  return { parts: new Map(parts.map(({ part, sha256: hash }) => [part, hash])), object };
}

/**
 * Of what the server says that it has, what this device sent. Throws if the server has anything that the journal does not know: then the
 * journal lost something, or the server invents it, and either way nobody can tell which bytes left under this key.
 */
export function expectOwnParts(arrived: PartHashes, left: PartHashes): void {
  for (const [part, hash] of arrived) if (left.get(part) !== hash) throw new UploadUnusableError("upload-lost");
}
