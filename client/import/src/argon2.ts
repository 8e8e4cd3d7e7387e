import { type Bytes, copyBytes } from "@afterkeep/bytes";
import { argon2dAsync, argon2idAsync } from "@noble/hashes/argon2.js";
import { argon2d, argon2id } from "hash-wasm";
import { expectCost, tooCostly } from "./passphrase.ts";

/** What an export's own Argon2 asks for; `version` is that of RFC 9106 or the one before it. */
export type ForeignArgon2 = {
  readonly variant: "argon2d" | "argon2id";
  readonly memoryKiB: number;
  readonly passes: number;
  readonly lanes: number;
  readonly version: 0x10 | 0x13;
};

const maxMemoryKiB = 1_048_576;
/** KiB × passes: some ten seconds on an everyday machine. */
const maxWork = 8 * 1_048_576;

/**
 * 32 bytes by another program's Argon2, whose cost is untrusted: up to 1 GiB, 64 lanes, 8 GiB × passes. Throws ImportError beyond
 * that, and the signal's reason if it is aborted before. Weak costs are allowed: they are the other program's choice.
 */
export async function stretchWithArgon2(
  secret: Uint8Array,
  salt: Uint8Array,
  cost: ForeignArgon2,
  signal: AbortSignal | undefined,
): Promise<Bytes> {
  const { memoryKiB, passes, lanes } = cost;
  const isWhole = [memoryKiB, passes, lanes].every((value) => Number.isSafeInteger(value) && value >= 1);
  const isBounded = memoryKiB <= maxMemoryKiB && lanes <= 64 && memoryKiB * passes <= maxWork;
  expectCost(isWhole && isBounded && memoryKiB >= 8 * lanes);
  signal?.throwIfAborted();
  try {
    return copyBytes(await stretch(secret, salt, cost));
  } catch {
    // Both engines answer for every cost within the bounds, unless this machine has not that much memory.
    throw tooCostly();
  }
}

async function stretch(secret: Uint8Array, salt: Uint8Array, cost: ForeignArgon2): Promise<Uint8Array> {
  const isFast = cost.version === 0x13 && "WebAssembly" in globalThis;
  if (!isFast) return stretchInScript(secret, salt, cost);
  // Why a second way: a page's policy may forbid WebAssembly, which only shows when it is tried.
  return stretchInWasm(secret, salt, cost).catch(() => stretchInScript(secret, salt, cost));
}

/** Why not always in script: KeePass' own choice of cost takes seconds there on a laptop, and a fifth of that here. */
async function stretchInWasm(secret: Uint8Array, salt: Uint8Array, cost: ForeignArgon2): Promise<Uint8Array> {
  const run = cost.variant === "argon2d" ? argon2d : argon2id;
  return run({
    password: secret,
    salt,
    memorySize: cost.memoryKiB,
    iterations: cost.passes,
    parallelism: cost.lanes,
    hashLength: 32,
    outputType: "binary",
  });
}

function stretchInScript(secret: Uint8Array, salt: Uint8Array, cost: ForeignArgon2): Promise<Uint8Array> {
  const { memoryKiB: m, passes: t, lanes: p, version } = cost;
  const run = cost.variant === "argon2d" ? argon2dAsync : argon2idAsync;
  return run(secret, salt, { m, t, p, version, dkLen: 32, maxmem: 2 ** 31 });
}
