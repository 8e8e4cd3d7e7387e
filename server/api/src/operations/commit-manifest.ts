import { createHash } from "node:crypto";
import { u32be } from "@afterkeep/bytes";
import { ctx } from "@afterkeep/crypto";
import { DependencyError, InputError } from "@afterkeep/platform";
import { zeroId } from "@afterkeep/statements";
import { readStatement } from "../access/statement-reading.ts";
import { fromWire, toWire } from "../access/wire.ts";
import type { OwnerActor } from "../context/actor.ts";
import { type Call, inOwnTenant, type Tx } from "../context/call.ts";
import { lockAccount } from "../storage/accounts.ts";
import { type OfferRow, readOffer } from "../storage/manifest-offers.ts";
import { readNewestSeq } from "../storage/statements.ts";
import { healingOnStale, healStatements } from "./heal-statements.ts";
import type { Manifest, ManifestInput } from "./manifest-readiness.ts";
import { offerManifest, withdrawRefused } from "./offer-manifest.ts";
import type { Operation } from "./operation.ts";
import { askReceipt, storeReceipted } from "./receipted-statement.ts";
import { storeManifest } from "./store-manifest.ts";
import { requireOwn } from "./submit-statement.ts";

/**
 * The vault's manifest (b all zeros) commits the documents that it names; a bequest's may only name committed ones. It is offered, then
 * the keyholder accepts, then it is stored; after a failure of ours in between, the same call or the next reading of the chain stores it.
 */
export const commitManifest: Operation<"commitManifest"> = async (call, { body: input }) => {
  const manifest = readManifest(call, input);
  const offer = await offerManifest(call, manifest);
  const receipt = await haveAccepted(call, manifest, offer);
  for (let turn = 0; turn < turnsAtMost; turn++) {
    if (await isStored(call, { manifest, offer, receipt })) return { receipt };
  }
  throw new DependencyError("database-went-back", "The database lost what it had just been given.", {
    next: "Send the same again.",
  });
};

const turnsAtMost = 3;
type Accepted = { readonly manifest: Manifest; readonly offer: OfferRow; readonly receipt: string };

/** False where a fail-over lost the statement, or what came before it, since it was kept: then all that lacks is asked for again. */
async function isStored(call: Call<OwnerActor>, accepted: Accepted): Promise<boolean> {
  const { jws } = accepted.manifest.statement;
  // Why with what came before it: as any other statement of the chain (submit-statement.ts).
  const isKept = (await healStatements(call, call.actor.tenant, { own: jws })).has(jws);
  const at = await call.services.productTime.nowMs();
  return inOwnTenant(call, (tx) => storeAccepted(call, tx, { ...accepted, at, isKept }));
}

async function haveAccepted(call: Call<OwnerActor>, { statement }: Manifest, offer: OfferRow): Promise<string> {
  try {
    return (await healingOnStale(call, () => askReceipt(call, "manifest", statement))).receipt;
  } catch (error) {
    await withdrawRefused(call, offer, error);
    throw error;
  }
}

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
  const revisions = input.metadata.map(({ metadata, ...key }) => ({ ...key, metadata: fromWire(metadata) }));
  return { input, bytes, revisions, statement };
}

// Source: protocol §2, manifestHash = H(ctx("manifest", file)). Hashed in two parts: the file may have 16 MiB.
function hashOf(bytes: Buffer): string {
  return toWire(createHash("sha256").update(ctx("manifest")).update(u32be(bytes.length)).update(bytes).digest());
}

async function storeAccepted(
  call: Call<OwnerActor>,
  tx: Tx,
  { manifest, offer, receipt, at, isKept }: Accepted & { at: number; isKept: boolean },
): Promise<boolean> {
  const { statement } = manifest;
  const { tenant } = call.actor;
  const { seq } = statement.body;
  await lockAccount(tx);
  // Why asked: nothing would ever look for what lacks before a statement that is there.
  if ((await readNewestSeq(tx)) < (isKept ? seq : seq - 1)) return false;
  if (!isKept) await storeReceipted(call, tx, at, { kind: "manifest", tenant, statement, receipt, seq });
  // Why not always what this call says: the first offer of a statement counts.
  await storeManifest(call, tx, (await readOffer(tx, statement.id)) ?? offer, at);
  return true;
}
