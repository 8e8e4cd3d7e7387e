import { type Bytes, concatBytes, copyBytes, decodeBase64, encodeUtf8 } from "@afterkeep/bytes";
import { sha256 } from "@afterkeep/crypto";
import { expand } from "@noble/hashes/hkdf.js";
import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";
import { type ForeignArgon2, stretchWithArgon2 } from "./argon2.ts";
import { damaged, ImportError } from "./import-error.ts";
import { type JsonObject, numberOf, textOf } from "./json.ts";
import { expectCost, expectPassphrase, wrongPassphrase } from "./passphrase.ts";
import type { ImportOptions } from "./import-options.ts";

const { subtle } = globalThis.crypto;
const what = "Bitwarden export";

type Keys = { readonly encryption: Bytes; readonly mac: Bytes };

/**
 * The JSON inside a password-protected Bitwarden export. Throws ImportError `wrong-passphrase` if the check value of the file does
 * not open, `damaged` if it does but the data does not.
 */
export async function decryptBitwarden(file: JsonObject, options: ImportOptions): Promise<Bytes> {
  const passphrase = expectPassphrase(options.passphrase);
  const check = parseEncString(textOf(file, "encKeyValidation_DO_NOT_EDIT"));
  const data = parseEncString(textOf(file, "data"));
  const keys = await deriveKeys(file, passphrase, options.signal);
  if ((await openEncString(keys, check)) === null) throw wrongPassphrase();
  const content = await openEncString(keys, data);
  if (content === null) throw damaged(what);
  return content;
}

/** Source: bitwarden/clients, deriveVaultExportKey: a master key from the KDF, then HKDF-Expand for encryption and MAC. */
async function deriveKeys(file: JsonObject, passphrase: string, signal: AbortSignal | undefined): Promise<Keys> {
  const salt = encodeUtf8(textOf(file, "salt"));
  if (salt.length === 0) throw damaged(what);
  const secret = encodeUtf8(passphrase.toWellFormed());
  const master = await stretch(file, secret, salt, signal);
  const part = (label: string) => copyBytes(expand(nobleSha256, master, encodeUtf8(label), 32));
  return { encryption: part("enc"), mac: part("mac") };
}

async function stretch(file: JsonObject, secret: Bytes, salt: Bytes, signal: AbortSignal | undefined): Promise<Bytes> {
  const passes = numberOf(file, "kdfIterations") ?? 0;
  switch (numberOf(file, "kdfType")) {
    case 0:
      return stretchWithPbkdf2(secret, salt, passes);
    case 1:
      // Why the salt is hashed: Argon2 wants at least 8 bytes, and Bitwarden's salts may be shorter.
      return stretchWithArgon2(secret, sha256(salt), argon2CostOf(file), signal);
    default:
      throw new ImportError("unsupported", "This Bitwarden export is protected in a way that cannot be read here yet.");
  }
}

/** The file gives MiB. */
function argon2CostOf(file: JsonObject): ForeignArgon2 {
  const cost = (name: string) => numberOf(file, name) ?? 0;
  const memoryKiB = 1024 * cost("kdfMemory");
  const [passes, lanes] = [cost("kdfIterations"), cost("kdfParallelism")];
  return { variant: "argon2id", memoryKiB, passes, lanes, version: 0x13 };
}

async function stretchWithPbkdf2(secret: Bytes, salt: Bytes, iterations: number): Promise<Bytes> {
  expectCost(Number.isInteger(iterations) && iterations >= 1 && iterations <= 5_000_000);
  const key = await subtle.importKey("raw", secret, "PBKDF2", false, ["deriveBits"]);
  return copyBytes(
    new Uint8Array(await subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations }, key, 256)),
  );
}

type EncString = { readonly iv: Bytes; readonly ciphertext: Bytes; readonly mac: Bytes };

/** Type 2 of Bitwarden's encrypted strings: `2.iv|ciphertext|mac` in base64, AES-256-CBC then HMAC-SHA-256. */
function parseEncString(text: string): EncString {
  if (!text.startsWith("2.")) throw damaged(what);
  const [iv, ciphertext, mac, ...rest] = text
    .slice(2)
    .split("|")
    .map((part) => decodeBase64(part, "padded"));
  if (!iv || !ciphertext || !mac || rest.length > 0 || iv.length !== 16 || mac.length !== 32) throw damaged(what);
  return { iv, ciphertext, mac };
}

/** The plaintext; null if the MAC does not fit. Why the MAC comes first: nothing unauthenticated may reach the padding check. */
async function openEncString(keys: Keys, { iv, ciphertext, mac }: EncString): Promise<Bytes | null> {
  const macKey = await subtle.importKey("raw", keys.mac, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
  if (!(await subtle.verify("HMAC", macKey, mac, concatBytes(iv, ciphertext)))) return null;
  const key = await subtle.importKey("raw", keys.encryption, "AES-CBC", false, ["decrypt"]);
  return copyBytes(new Uint8Array(await subtle.decrypt({ name: "AES-CBC", iv }, key, ciphertext)));
}
