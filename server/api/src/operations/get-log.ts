import { decodeJcsObject } from "@afterkeep/formats";
import { leafHash } from "@afterkeep/merkle";
import { toWire } from "../access/wire.ts";
import { inOwnTenant } from "../context/call.ts";
import { readSequencedLeaves, type SequencedLeaf } from "../storage/audit-leaves.ts";
import type { Operation } from "./operation.ts";

const page = 100;
const largestLeaf = 8192;

/** `after` is the first index wanted. A leaf is given as base64url of its exact bytes, with its proof into this checkpoint. */
export const getLog: Operation<"getLog"> = async (call, { query }) => {
  const { auditor } = call.services;
  const { checkpoint, size } = await auditor.checkpoint({});
  // Why nothing when `from` is beyond the tree: the client sees a checkpoint smaller than the one it remembers, and refuses it.
  const isGrown = query.from > 0 && query.from < size;
  const { proof: consistency } = isGrown ? await auditor.consistency({ from: query.from, to: size }) : { proof: [] };
  const leaves = await inOwnTenant(call, (tx) => readSequencedLeaves(tx, { from: query.after, size, limit: page }));
  const prove = async ({ leaf, index, at }: SequencedLeaf) => {
    const { proof } = await auditor.inclusion({ leafHash: toWire(leafHash(leaf)), size });
    return { leaf: toWire(leaf), index, at, action: actionOf(leaf), proof };
  };
  return { checkpoint, consistency, leaves: await Promise.all(leaves.map(prove)) };
};

function actionOf(leaf: Buffer): string {
  const { action } = decodeJcsObject(leaf, largestLeaf);
  return typeof action === "string" ? action : "";
}
