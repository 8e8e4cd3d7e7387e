import { createHash } from "node:crypto";
import { u32be } from "@afterkeep/bytes";
import { ctx } from "@afterkeep/crypto";
import { ConflictError, InputError } from "@afterkeep/platform";
import { zeroId } from "@afterkeep/statements";
import { type ReadStatement, readStatement } from "../access/statement-reading.ts";
import { fromWire, toWire } from "../access/wire.ts";
import type { OwnerActor } from "../context/actor.ts";
import { type Call, inOwnTenant, type Tx } from "../context/call.ts";
import { lockAccount } from "../storage/accounts.ts";
import { readBequest } from "../storage/bequests.ts";
import { commitDocuments, countReady } from "../storage/documents.ts";
import { deleteOldManifests, insertManifest, readManifests } from "../storage/manifests.ts";
import { healingOnStale } from "./heal-statements.ts";
import type { InputOf, Operation } from "./operation.ts";
import { askReceipt, storeReceipted } from "./receipted-statement.ts";
import { bequestUnknown, requireOwn } from "./submit-statement.ts";

type Input = InputOf<"commitManifest">["body"];
type Manifest = { input: Input; bytes: Buffer; statement: ReadStatement<"manifest"> };

/**
 * The vault's manifest (b all zeros) commits the documents that it names; a bequest's may only name committed ones. The keyholder
 * accepts first; the same call again heals a failure of ours after that.
 */
export const commitManifest: Operation<"commitManifest"> = async (call, { body: input }) => {
  const manifest = readManifest(call, input);
  await requireReady(call, input);
  const { receipt } = await healingOnStale(call, () => askReceipt(call, "manifest", manifest.statement));
  const at = await call.services.productTime.nowMs();
  await inOwnTenant(call, (tx) => storeManifest(call, tx, { manifest, receipt, at }));
  return { receipt };
};

function readManifest(call: Call<OwnerActor>, input: Input): Manifest {
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

async function requireReady(call: Call<OwnerActor>, input: Input): Promise<void> {
  const distinct = new Set(input.entries.map(({ doc, ver }) => `${doc} ${ver}`));
  if (distinct.size !== input.entries.length)
    throw new InputError("entries-repeated", "The manifest names a document twice.", { next: "Sign it again." });
  const isVault = input.b === zeroId;
  const states = isVault ? (["pending", "committed", "retired"] as const) : (["committed"] as const);
  await inOwnTenant(call, async (tx) => {
    if (!isVault && (await readBequest(tx, input.b)) === null) throw bequestUnknown();
    if ((await countReady(tx, input.entries, states)) !== input.entries.length)
      throw new ConflictError("documents-not-ready", "The manifest names documents that have not arrived whole.", {
        next: "Upload them first, then sign again.",
      });
  });
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
  await insertManifest(tx, {
    tenant,
    b: input.b,
    g: input.g,
    mseq: input.mseq,
    body: bytes,
    statement_id: statement.id,
    docs: input.entries.map(({ doc }) => doc),
    vers: input.entries.map(({ ver }) => ver),
    created_at: made.at,
  });
  const [newest] = await readManifests(tx, { b: input.b, limit: 1 });
  if (input.b === zeroId && newest?.mseq === input.mseq) await commitDocuments(tx, input.entries);
  await deleteOldManifests(tx, input);
}
