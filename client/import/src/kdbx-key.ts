import { type Bytes, concatBytes, copyBytes, encodeHex, encodeUtf8 } from "@afterkeep/bytes";
import { sha256 } from "@afterkeep/crypto";
import { stretchWithArgon2 } from "./argon2.ts";
import { damaged, ImportError } from "./import-error.ts";
import { type KdbxHeader, kdbxWhat, type VariantMap } from "./kdbx-header.ts";
import { readKeyFile } from "./key-file.ts";
import { expectCost, expectPassphrase } from "./passphrase.ts";
import type { ImportOptions } from "./import-options.ts";

const { subtle } = globalThis.crypto;
const maxAesRounds = 500_000_000n;
/** A mebibyte of blocks of 16 bytes. */
const roundsAtOnce = 65_536;

export type KdbxKeys = { readonly encryption: Bytes; readonly mac: Bytes };

/** The keys of a KDBX 4 file, from the passphrase, the key file, or both. Throws ImportError if neither is given or the cost is absurd. */
export async function deriveKdbxKeys(header: KdbxHeader, options: ImportOptions): Promise<KdbxKeys> {
  const stretched = await stretch(header.kdf, compositeKey(options), options.signal);
  return {
    encryption: sha256(concatBytes(header.masterSeed, stretched)),
    mac: await sha512(concatBytes(header.masterSeed, stretched, Uint8Array.of(1))),
  };
}

export async function sha512(bytes: Bytes): Promise<Bytes> {
  return copyBytes(new Uint8Array(await subtle.digest("SHA-512", bytes)));
}

function compositeKey({ passphrase, keyFile }: ImportOptions): Bytes {
  if (keyFile === undefined) return sha256(sha256(encodeUtf8(expectPassphrase(passphrase).toWellFormed())));
  const parts = passphrase ? [sha256(encodeUtf8(passphrase.toWellFormed()))] : [];
  return sha256(concatBytes(...parts, readKeyFile(keyFile)));
}

async function stretch(kdf: VariantMap, key: Bytes, signal: AbortSignal | undefined): Promise<Bytes> {
  const salt = bytesOf(kdf, "S");
  switch (encodeHex(bytesOf(kdf, "$UUID"))) {
    case "c9d9f39a628a4460bf740d08c18a4fea":
    case "7c02bb8279a74ac0927d114a00648238":
      return stretchWithAes(key, salt, numberOf(kdf, "R"), signal);
    case "ef636ddf8c29444b91f7a9a403e30a0c":
      return stretchWithArgon2(key, salt, { variant: "argon2d", ...argon2CostOf(kdf) }, signal);
    case "9e298b1956db4773b23dfc3ec6f0a1e6":
      return stretchWithArgon2(key, salt, { variant: "argon2id", ...argon2CostOf(kdf) }, signal);
    default:
      throw new ImportError(
        "unsupported",
        "This KeePass database derives its key in a way that cannot be read here yet.",
      );
  }
}

function argon2CostOf(kdf: VariantMap) {
  const [memory, passes, lanes] = [numberOf(kdf, "M"), numberOf(kdf, "I"), numberOf(kdf, "P")];
  const version = numberOf(kdf, "V") === 0x10n ? 0x10 : 0x13;
  return {
    memoryKiB: Math.floor(Number(memory) / 1024),
    passes: Number(passes),
    lanes: Number(lanes),
    version,
  } as const;
}

/** AES-KDF: each half of the key encrypted `rounds` times under `seed`, then hashed. */
async function stretchWithAes(
  key: Bytes,
  seed: Bytes,
  rounds: bigint,
  signal: AbortSignal | undefined,
): Promise<Bytes> {
  if (seed.length !== 32) throw damaged(kdbxWhat);
  expectCost(rounds >= 1n && rounds <= maxAesRounds);
  const aes = await subtle.importKey("raw", seed, "AES-CBC", false, ["encrypt"]);
  const halves = [key.subarray(0, 16), key.subarray(16, 32)];
  const stretched = await Promise.all(halves.map((half) => encryptRepeatedly(aes, half, Number(rounds), signal)));
  return sha256(concatBytes(...stretched));
}

/**
 * Why CBC: WebCrypto has no bare AES. In CBC over zeroes each block is the encryption of the block before it, the first that of the
 * initialisation vector, so block n is the n-th repeated encryption.
 */
async function encryptRepeatedly(
  aes: CryptoKey,
  start: Uint8Array,
  rounds: number,
  signal: AbortSignal | undefined,
): Promise<Bytes> {
  let block = copyBytes(start);
  for (let left = rounds; left > 0; left -= roundsAtOnce) {
    signal?.throwIfAborted();
    const count = Math.min(left, roundsAtOnce);
    const zeroes = new Uint8Array(16 * count);
    const chain = new Uint8Array(await subtle.encrypt({ name: "AES-CBC", iv: block }, aes, zeroes));
    block = copyBytes(chain.subarray(16 * (count - 1), 16 * count));
  }
  return block;
}

function bytesOf(kdf: VariantMap, name: string): Bytes {
  const value = kdf.get(name);
  if (!(value instanceof Uint8Array)) throw damaged(kdbxWhat);
  return value;
}

function numberOf(kdf: VariantMap, name: string): bigint {
  const value = kdf.get(name);
  if (typeof value !== "bigint") throw damaged(kdbxWhat);
  return value;
}
