import { toWire } from "../access/wire.ts";
import { inOwnTenant } from "../context/call.ts";
import { readParts } from "../storage/document-parts.ts";
import { readDocument } from "../storage/documents.ts";
import { documentUnknown } from "./document-refusals.ts";
import type { Operation } from "./operation.ts";

export const listParts: Operation<"listParts"> = (call, { params }) =>
  inOwnTenant(call, async (tx) => {
    const row = await readDocument(tx, params);
    if (row === null) throw documentUnknown();
    const parts = await readParts(tx, params);
    return {
      parts: parts.map(({ part, sha256 }) => ({ part, sha256: toWire(sha256) })),
      object: row.object_sha256 === null ? "" : toWire(row.object_sha256),
    };
  });
