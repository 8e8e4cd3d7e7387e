import { ConflictError, NotFoundError } from "@afterkeep/platform";
import { toWire } from "../access/wire.ts";
import { inOwnTenant, noteAudit } from "../context/call.ts";
import { wrongLength } from "../objects/object-store.ts";
import { type DocumentKey, lockDocument, noteObjectArrived, readDocument } from "../storage/documents.ts";
import type { Operation } from "./operation.ts";

/** Takes a sealed object, byte for byte as announced. The same object again changes nothing; another one is refused. */
export const putObject: Operation<"putObject"> = async (call, { params, body, announcedLength }) => {
  const key: DocumentKey = { doc: params.doc, ver: params.ver };
  const { tenant } = call.actor;
  const announced = await inOwnTenant(call, (tx) => readDocument(tx, key));
  if (announced === null) throw documentUnknown();
  if (announcedLength !== null && announcedLength !== announced.object_len) throw wrongLength();
  const staged = await call.services.objects.stage({ tenant, ...key }, body, announced.object_len);
  try {
    const at = await call.services.productTime.nowMs();
    await inOwnTenant(call, async (tx) => {
      // Why locked: of two uploads at once, one is placed and the other compared with it.
      const row = await lockDocument(tx, key);
      if (row === null) throw documentUnknown();
      if (row.object_sha256 !== null) return requireSame(row.object_sha256, staged.sha256);
      await staged.place();
      await noteObjectArrived(tx, key, staged.sha256);
      const fields = { ver: key.ver, length: staged.length, object: toWire(staged.sha256) };
      await noteAudit(call, tx, at, { tenant, action: "document.uploaded", resource: `document:${key.doc}`, fields });
    });
    return { length: staged.length, sha256: toWire(staged.sha256) };
  } finally {
    await staged.discard();
  }
};

function requireSame(stored: Buffer, sent: Buffer): void {
  if (stored.equals(sent)) return;
  throw new ConflictError("object-exists", "This version has an object already, and it is another one.", {
    next: "Seal it as a new version.",
  });
}

export function documentUnknown(): NotFoundError {
  return new NotFoundError("document-unknown", "There is no such document.", { next: "Reload the list of documents." });
}
