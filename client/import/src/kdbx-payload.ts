import { type Bytes, concatBytes, copyBytes } from "@afterkeep/bytes";
import { sha256 } from "@afterkeep/crypto";
import { chacha20 } from "@noble/ciphers/chacha.js";
import { salsa20 } from "@noble/ciphers/salsa.js";
import { ByteReader } from "./byte-reader.ts";
import { damaged, ImportError } from "./import-error.ts";
import { joinBytes } from "./join-bytes.ts";
import { inflate } from "./inflate.ts";
import { type KdbxHeader, kdbxWhat } from "./kdbx-header.ts";
import { type KdbxKeys, sha512 } from "./kdbx-key.ts";
import { maxItems, maxTotalBytes, tooLarge } from "./limits.ts";
import { wrongPassphrase } from "./passphrase.ts";

const { subtle } = globalThis.crypto;
/** The index that stands for the header among the blocks. */
const headerIndex = 0xffffffffffffffffn;

export type KdbxPayload = {
  readonly attachments: readonly Uint8Array[];
  readonly xml: Uint8Array;
  /** Opens the protected values of the XML, all of them joined in document order. */
  unmask(joined: Uint8Array): Promise<Uint8Array>;
};

/**
 * Opens the blocks of an untrusted KDBX 4 file. Throws ImportError `wrong-passphrase` if the header's HMAC does not fit, `damaged`
 * if a later one does not: no block is decrypted that is not authenticated.
 */
export async function openKdbxPayload(bytes: Uint8Array, header: KdbxHeader, keys: KdbxKeys): Promise<KdbxPayload> {
  if (!(await isBlockMac(keys.mac, headerIndex, header.bytes, header.mac))) throw wrongPassphrase();
  const content = await decrypt(header, keys.encryption, await readBlocks(bytes, header.end, keys.mac));
  return readInnerHeader(header.isGzip ? await inflate(content, "gzip", maxTotalBytes) : content);
}

async function readBlocks(bytes: Uint8Array, start: number, macKey: Bytes): Promise<Bytes> {
  const reader = new ByteReader(bytes, kdbxWhat, start);
  const blocks: Uint8Array[] = [];
  for (let index = 0n; ; index++) {
    const mac = copyBytes(reader.take(32));
    const length = reader.uint32();
    const block = reader.take(length);
    const covered = concatBytes(uint64(index), uint32(length), block);
    if (!(await isBlockMac(macKey, index, covered, mac))) throw damaged(kdbxWhat);
    if (length === 0) return joinBytes(blocks);
    blocks.push(block);
  }
}

async function isBlockMac(macKey: Bytes, index: bigint, covered: Bytes, mac: Bytes): Promise<boolean> {
  const blockKey = await sha512(concatBytes(uint64(index), macKey));
  const key = await subtle.importKey("raw", blockKey, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
  return subtle.verify("HMAC", key, mac, covered);
}

async function decrypt({ cipher, iv }: KdbxHeader, key: Bytes, content: Bytes): Promise<Bytes> {
  if (cipher === "chacha20") return copyBytes(chacha20(key, iv, content));
  const aes = await subtle.importKey("raw", key, "AES-CBC", false, ["decrypt"]);
  return copyBytes(new Uint8Array(await subtle.decrypt({ name: "AES-CBC", iv }, aes, content)));
}

/** Fields: 1 inner stream, 2 its key, 3 an attachment (a flag byte, then the content); 0 ends. The XML follows. */
function readInnerHeader(content: Uint8Array): KdbxPayload {
  const reader = new ByteReader(content, kdbxWhat);
  const attachments: Uint8Array[] = [];
  let [stream, key]: [number, Uint8Array] = [0, new Uint8Array()];
  for (;;) {
    const id = reader.uint8();
    const value = reader.take(reader.uint32());
    if (id === 1) stream = new ByteReader(value, kdbxWhat).uint32();
    else if (id === 2) key = value;
    else if (id === 3) attachments.push(value.subarray(1));
    else if (id === 0) return { attachments, xml: content.subarray(reader.position), unmask: unmaskWith(stream, key) };
    if (attachments.length > maxItems) throw tooLarge("This database holds more than 10,000 attachments");
  }
}

function unmaskWith(stream: number, key: Uint8Array): (joined: Uint8Array) => Promise<Uint8Array> {
  switch (stream) {
    case 0:
      return async (joined) => joined;
    case 2: {
      const nonce = Uint8Array.of(0xe8, 0x30, 0x09, 0x4b, 0x97, 0x20, 0x5d, 0x2a);
      return async (joined) => salsa20(sha256(key), nonce, joined);
    }
    case 3:
      return async (joined) => {
        const hash = await sha512(copyBytes(key));
        return chacha20(hash.subarray(0, 32), hash.subarray(32, 44), joined);
      };
    default:
      throw new ImportError(
        "unsupported",
        "This KeePass database masks its passwords in a way that cannot be read here.",
      );
  }
}

function uint32(value: number): Bytes {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

function uint64(value: bigint): Bytes {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return bytes;
}
