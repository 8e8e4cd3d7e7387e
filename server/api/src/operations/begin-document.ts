import { maxPendingVersions } from "@afterkeep/contracts";
import { ConflictError, InputError } from "@afterkeep/platform";
import { fromWire } from "../access/wire.ts";
import { inOwnTenant, type Tx } from "../context/call.ts";
import type { Services } from "../services.ts";
import { lockAccount } from "../storage/accounts.ts";
import { insertRevisions } from "../storage/document-metadata.ts";
import { bytesPerVersion, type DocumentRow, insertDocument, readRevisions, readUsage } from "../storage/documents.ts";
import { quotaExceeded, tooManyPending } from "./document-refusals.ts";
import type { Operation } from "./operation.ts";
import { requireSpace } from "./require-space.ts";

/** Announces a version. Saying the same again is fine; a version is never announced twice with different content. */
export const beginDocument: Operation<"beginDocument"> = async (call, { body }) => {
  if (body.objectLen < body.payloadLen)
    throw new InputError("object-length-wrong", "An object holds its whole payload, so it cannot be shorter.", {
      next: "Seal it again.",
    });
  if (body.objectLen > call.services.limits.maxObjectBytes)
    throw new InputError("object-too-large", "This server does not take documents of that size.", {
      next: `It takes ${call.services.limits.maxObjectBytes} bytes, sealed. Seal a smaller document.`,
    });
  const { tenant } = call.actor;
  const key = { doc: body.doc, ver: body.ver };
  const lengths = { payload_len: body.payloadLen, object_len: body.objectLen };
  const fresh = { header: fromWire(body.header), metadata: fromWire(body.metadata), ...lengths };
  const created_at = await call.services.productTime.nowMs();
  const touched_at = call.services.realClock.nowMs();
  return inOwnTenant(call, async (tx) => {
    // Why locked: of two announcements at once, the second sees what the first one takes.
    await lockAccount(tx);
    const [existing] = await readRevisions(tx, [{ ...key, rev: 0 }]);
    if (existing !== undefined) return requireSame(existing, fresh);
    await requireRoom(tx, call.services, { ...fresh, ...lengths });
    await insertDocument(tx, { tenant, ...key, header: fresh.header, ...lengths, created_at, touched_at });
    await insertRevisions(tx, tenant, [{ ...key, rev: 0, metadata: fresh.metadata }]);
    return {};
  });
};

async function requireRoom(tx: Tx, { limits, objects, receiving }: Services, fresh: Announced): Promise<void> {
  const { bytes: used, pending } = await readUsage(tx);
  if (pending >= maxPendingVersions) throw tooManyPending(maxPendingVersions);
  const wanted = fresh.object_len + fresh.header.length + fresh.metadata.length + bytesPerVersion;
  if (used + wanted > limits.quotaBytes) throw quotaExceeded({ used, quota: limits.quotaBytes, wanted });
  await requireSpace(objects, limits, wanted + receiving.reserved());
}

type Announced = Pick<DocumentRow, "header" | "metadata" | "payload_len" | "object_len">;

function requireSame(existing: DocumentRow, fresh: Announced): Record<string, never> {
  const isSame =
    existing.header.equals(fresh.header) &&
    existing.metadata.equals(fresh.metadata) &&
    existing.payload_len === fresh.payload_len &&
    existing.object_len === fresh.object_len;
  if (isSame) return {};
  throw new ConflictError("document-exists", "This version was announced with other content.", {
    next: "Seal it as a new version.",
  });
}
