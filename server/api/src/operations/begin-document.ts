import { ConflictError, InputError } from "@afterkeep/platform";
import { fromWire } from "../access/wire.ts";
import { inOwnTenant } from "../context/call.ts";
import { type DocumentRow, insertDocument, readDocument } from "../storage/documents.ts";
import type { Operation } from "./operation.ts";

/** Announces a version. Saying the same again is fine; a version is never announced twice with different content. */
export const beginDocument: Operation<"beginDocument"> = async (call, { body }) => {
  if (body.objectLen < body.payloadLen)
    throw new InputError("object-length-wrong", "An object holds its whole payload, so it cannot be shorter.", {
      next: "Seal it again.",
    });
  if (body.objectLen > call.services.limits.maxObjectBytes)
    throw new InputError("object-too-large", "This server does not take documents of that size.", {
      next: "Seal a smaller document.",
    });
  const fresh = {
    header: fromWire(body.header),
    metadata: fromWire(body.metadata),
    payload_len: body.payloadLen,
    object_len: body.objectLen,
  };
  const created_at = await call.services.productTime.nowMs();
  const announced_at = call.services.realClock.nowMs();
  return inOwnTenant(call, async (tx) => {
    const key = { doc: body.doc, ver: body.ver };
    const isNew = await insertDocument(tx, { tenant: call.actor.tenant, ...key, ...fresh, created_at, announced_at });
    const existing = isNew ? null : await readDocument(tx, key);
    if (existing !== null && !isSame(existing, fresh))
      throw new ConflictError("document-exists", "This version was announced with other content.", {
        next: "Seal it as a new version.",
      });
    return {};
  });
};

type Announced = Pick<DocumentRow, "header" | "metadata" | "payload_len" | "object_len">;

function isSame(existing: DocumentRow, fresh: Announced): boolean {
  return (
    existing.header.equals(fresh.header) &&
    existing.metadata.equals(fresh.metadata) &&
    existing.payload_len === fresh.payload_len &&
    existing.object_len === fresh.object_len
  );
}
