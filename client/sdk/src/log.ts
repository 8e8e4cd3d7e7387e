import { decodeBase64url, encodeBase64url, encodeUtf8, MalformedError } from "@afterkeep/bytes";
import type { RouteOutput, routes } from "@afterkeep/contracts";
import { decodeJcsObject } from "@afterkeep/formats";
import {
  type Checkpoint,
  leafHash,
  parseVerifierKey,
  verifyCheckpoint,
  verifyConsistency,
  verifyInclusion,
} from "@afterkeep/merkle";
import { changeProfile, type Device, readProfile } from "./device.ts";
import { RefusedError } from "./errors.ts";
import { readServer } from "./server-info.ts";

type LogAnswer = RouteOutput<(typeof routes)["getLog"]>;

export type VerifiedLeaf = {
  readonly index: number;
  readonly at: number;
  readonly action: string;
  readonly verified: true;
};
export type VerifiedLog = { readonly size: number; readonly root: string; readonly leaves: readonly VerifiedLeaf[] };

/**
 * Reads this account's audit leaves and verifies them: the checkpoint's signature by the key this device first met, that the log only
 * grew since this device last looked, and each leaf's place in it. Throws RefusedError "log-forked".
 */
export async function verifyLog(device: Device, after = 0): Promise<VerifiedLog> {
  const server = await readServer(device);
  const { log } = await readProfile(device);
  const verifierKey = log?.verifierKey ?? server.logVerifierKey;
  if (server.logVerifierKey !== verifierKey)
    throw logForked("The log is signed by another key than the one this device knows.");
  const answer = await device.transport.call("getLog", { query: { after, from: log?.size ?? 0 } });
  const checkpoint = guarded(() => openCheckpoint(answer.checkpoint, verifierKey));
  guarded(() => expectGrown(log, checkpoint, answer.consistency));
  const leaves = answer.leaves.map((leaf) => guarded(() => verifyLeaf(leaf, checkpoint)));
  const root = encodeBase64url(checkpoint.root);
  await changeProfile(device, () => ({ log: { verifierKey, size: checkpoint.size, root } }));
  return { size: checkpoint.size, root, leaves };
}

function openCheckpoint(note: string, verifierKey: string): Checkpoint {
  return verifyCheckpoint(encodeUtf8(note), parseVerifierKey(verifierKey));
}

function expectGrown(
  log: { readonly size: number; readonly root: string } | null,
  now: Checkpoint,
  proof: readonly string[],
): void {
  if (log === null || log.size === 0) return;
  if (now.size < log.size) throw logForked("The log is shorter than when this device last looked.");
  const path = proof.map(decodeBase64url);
  if (verifyConsistency(log.size, now.size, path, decodeBase64url(log.root), now.root)) return;
  throw logForked("The log does not contain what it contained when this device last looked.");
}

function verifyLeaf(leaf: LogAnswer["leaves"][number], checkpoint: Checkpoint): VerifiedLeaf {
  const bytes = decodeBase64url(leaf.leaf);
  const proof = leaf.proof.map(decodeBase64url);
  if (!verifyInclusion(leafHash(bytes), leaf.index, checkpoint.size, proof, checkpoint.root)) {
    throw logForked("An entry that the server shows is not in the log.");
  }
  // Why from the leaf: what stands beside it in the answer is not covered by the proof.
  const content = decodeJcsObject(bytes, 65_536);
  const { at, action } = content;
  if (typeof at !== "number" || typeof action !== "string") throw new MalformedError("audit leaf");
  return { index: leaf.index, at, action, verified: true };
}

function guarded<T>(verify: () => T): T {
  try {
    return verify();
  } catch (error) {
    if (error instanceof RefusedError) throw error;
    throw logForked("The log's proofs do not hold.", error);
  }
}

function logForked(message: string, cause?: unknown): RefusedError {
  return new RefusedError("log-forked", message, {
    next: "Keep this device's memory (its profile) as evidence and ask whoever runs the server.",
    cause,
  });
}
