import { createHash } from "node:crypto";
import { u32be } from "@afterkeep/bytes";
import { ctx } from "@afterkeep/crypto";
import { InputError } from "@afterkeep/platform";
import { zeroId } from "@afterkeep/statements";
import { readStatement } from "../access/statement-reading.ts";
import { fromWire, toWire } from "../access/wire.ts";
import type { OwnerActor } from "../context/actor.ts";
import { type Call, inOwnTenant, type Tx } from "../context/call.ts";
import { lockAccount } from "../storage/accounts.ts";
import { insertRevisions } from "../storage/document-metadata.ts";
import { commitDocuments, confirmHeaders } from "../storage/documents.ts";
import { deleteOldManifests, insertManifest, keptManifests, readManifests } from "../storage/manifests.ts";
import { healingOnStale } from "./heal-statements.ts";
import type { Operation } from "./operation.ts";
import { askReceipt, storeReceipted } from "./receipted-statement.ts";
import {
  type Manifest,
  type ManifestInput,
  headersVerifiedBy,
  requireReady,
  revisionsOf,
} from "./manifest-readiness.ts";
import { requireOwn } from "./submit-statement.ts";

/**
 * The vault's manifest (b all zeros) commits the documents that it names; a bequest's may only name committed ones. The keyholder
 * accepts first; the same call again heals a failure of ours after that.
 */
export const commitManifest: Operation<"commitManifest"> = async (call, { body: input }) => {
  const manifest = readManifest(call, input);
  await inOwnTenant(call, (tx) => requireReady(call, tx, manifest));
  const { receipt } = await healingOnStale(call, () => askReceipt(call, "manifest", manifest.statement));
  const at = await call.services.productTime.nowMs();
  await inOwnTenant(call, (tx) => storeManifest(call, tx, { manifest, receipt, at }));
  return { receipt };
};

function readManifest(call: Call<OwnerActor>, input: ManifestInput): Manifest {
  const statement = readStatement("manifest", input.statement);
  requireOwn(call, statement.body.account);
  const bytes = fromWire(input.body);
  const { b, g, mseq, manifestHash } = statement.body;
  const isSame = b === input.b && g === input.g && mseq === input.mseq && manifestHash === hashOf(bytes);
  if (!isSame || (input.b === zeroId) !== (input.g === 0))
    throw new InputError("manifest-mismatch", "The manifest is not the one that was signed.", {
      next: "Sign it again.",
    });
  return { input, bytes, statement };
}

// Source: protocol §2, manifestHash = H(ctx("manifest", file)). Hashed in two parts: the file may have 16 MiB.
function hashOf(bytes: Buffer): string {
  return toWire(createHash("sha256").update(ctx("manifest")).update(u32be(bytes.length)).update(bytes).digest());
}

async function storeManifest(
  call: Call<OwnerActor>,
  tx: Tx,
  made: { manifest: Manifest; receipt: string; at: number },
): Promise<void> {
  const { input, bytes, statement } = made.manifest;
  const { tenant } = call.actor;
  // Why: two manifests that the keyholder took one after the other must not be stored the other way round.
  await lockAccount(tx);
  await storeReceipted(call, tx, made.at, {
    kind: "manifest",
    tenant,
    statement,
    receipt: made.receipt,
    seq: statement.body.seq,
  });
  const [newest] = await readManifests(tx, { b: input.b, g: input.g, limit: 1 });
  // Why: one that was pushed out comes back only by replay, and a replay's lists are nobody's word.
  if (newest !== undefined && newest.mseq >= input.mseq + keptManifests) return;
  const isNew = await insertManifest(tx, {
    tenant,
    b: input.b,
    g: input.g,
    mseq: input.mseq,
    body: bytes,
    statement_id: statement.id,
    docs: input.entries.map(({ doc }) => doc),
    vers: input.entries.map(({ ver }) => ver),
    revs: input.entries.map(({ rev }) => rev),
    created_at: made.at,
  });
  // Why: the lists beside a statement are not signed, so whoever sends it again must not change what it named the first time.
  if (!isNew) return;
  await insertRevisions(tx, tenant, revisionsOf(input));
  await confirmHeaders(tx, headersVerifiedBy(input));
  const isNewest = newest === undefined || newest.mseq < input.mseq;
  if (input.b === zeroId && isNewest) await commitDocuments(tx, input.entries, call.services.realClock.nowMs());
  await deleteOldManifests(tx, input);
}
