import { createHash } from "node:crypto";
import { u32be } from "@afterkeep/bytes";
import { ctx } from "@afterkeep/crypto";
import { InputError } from "@afterkeep/platform";
import { zeroId } from "@afterkeep/statements";
import { readStatement } from "../access/statement-reading.ts";
import { fromWire, toWire } from "../access/wire.ts";
import type { OwnerActor } from "../context/actor.ts";
import type { Call } from "../context/call.ts";
import { type OfferRow, readOffer } from "../storage/manifest-offers.ts";
import { healingOnStale } from "./heal-statements.ts";
import { keepInChain } from "./keep-in-chain.ts";
import type { Manifest, ManifestInput } from "./manifest-readiness.ts";
import { offerManifest, withdrawRefused } from "./offer-manifest.ts";
import type { Operation } from "./operation.ts";
import { askReceipt } from "./receipted-statement.ts";
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
  const { statement } = manifest;
  const { seq } = statement.body;
  await keepInChain(call, { kind: "manifest", statement, receipt, seq }, async (tx, at) => {
    // Why not always what this call says: the first offer of a statement counts.
    await storeManifest(call, tx, (await readOffer(tx, statement.id)) ?? offer, at);
  });
  return { receipt };
};

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
