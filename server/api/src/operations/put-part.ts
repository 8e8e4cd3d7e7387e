import { InputError } from "@afterkeep/platform";
import { toWire } from "../access/wire.ts";
import type { OwnerActor } from "../context/actor.ts";
import { type Call, inOwnTenant, noteAudit, type Tx } from "../context/call.ts";
import { lengthOfPart, objectDigest, partsOf } from "../objects/object-parts.ts";
import { type StagedPart, wrongLength } from "../objects/object-store.ts";
import { countParts, insertPart, readPart, readParts } from "../storage/document-parts.ts";
import {
  type DocumentFacts,
  lockDocument,
  noteObjectArrived,
  readDocument,
  touchDocument,
} from "../storage/documents.ts";
import { documentUnknown, partDiffers } from "./document-refusals.ts";
import type { Operation } from "./operation.ts";
import { requireSpace } from "./require-space.ts";

/** Takes one part of a sealed object, byte for byte as its digest says. The same part again changes nothing; another one is refused. */
export const putPart: Operation<"putPart"> = async (call, { params, headers, body, announcedLength }) => {
  const key = { doc: params.doc, ver: params.ver };
  const part = Number(params.part);
  const { objects, limits, receiving } = call.services;
  const announced = await inOwnTenant(call, (tx) => readDocument(tx, key));
  if (announced === null) throw documentUnknown();
  const length = lengthOfPart(announced.object_len, part);
  if (announcedLength !== null && announcedLength !== length) throw wrongLength();
  const inFlight = receiving.begin(call.actor.tenant, length);
  try {
    await requireSpace(objects, limits, receiving.reserved());
    const staged = await objects.stage(body, length, inFlight);
    return await keepStaged(call, { key, part, staged }, digestOf(headers["content-digest"]));
  } finally {
    inFlight.end();
  }
};

async function keepStaged(call: Call<OwnerActor>, arrived: Arrived, digest: Buffer) {
  const { staged } = arrived;
  try {
    if (!staged.sha256.equals(digest)) throw partDamaged();
    const at = await call.services.productTime.nowMs();
    const object = await inOwnTenant(call, (tx) => keepPart(call, tx, at, arrived));
    return { sha256: toWire(staged.sha256), object: object === null ? "" : toWire(object) };
  } finally {
    await staged.discard();
  }
}

type Arrived = { key: { doc: string; ver: string }; part: number; staged: StagedPart };

/** The object's digest, once every part is there. */
async function keepPart(call: Call<OwnerActor>, tx: Tx, at: number, arrived: Arrived): Promise<Buffer | null> {
  const { key, part, staged } = arrived;
  const { tenant } = call.actor;
  // Why locked: of two uploads at once, one is placed and the other compared with it; and one of all is the last.
  const row = await lockDocument(tx, key);
  if (row === null) throw documentUnknown();
  const existing = await readPart(tx, key, part);
  if (existing !== null && !existing.equals(staged.sha256)) throw partDiffers();
  if (existing !== null || row.object_sha256 !== null) return row.object_sha256;
  const before = await countParts(tx, key);
  await staged.place({ tenant, ...key }, part, before === 0);
  await insertPart(tx, tenant, key, { part, sha256: staged.sha256 });
  await touchDocument(tx, key, call.services.realClock.nowMs());
  return before + 1 === partsOf(row.object_len) ? complete(call, tx, at, row) : null;
}

async function complete(call: Call<OwnerActor>, tx: Tx, at: number, row: DocumentFacts): Promise<Buffer> {
  const { doc, ver, object_len: length } = row;
  const digest = objectDigest(await readParts(tx, row));
  await noteObjectArrived(tx, row, digest);
  const fields = { ver, length, object: toWire(digest) };
  const { tenant } = call.actor;
  await noteAudit(call, tx, at, { tenant, action: "document.uploaded", resource: `document:${doc}`, fields });
  return digest;
}

/** The 32 bytes of a checked content-digest (RFC 9530). */
function digestOf(header: string): Buffer {
  return Buffer.from(header.slice("sha-256=:".length, -1), "base64");
}

function partDamaged(): InputError {
  return new InputError("part-damaged", "The part did not arrive as it was sent.", { next: "Send this part again." });
}
