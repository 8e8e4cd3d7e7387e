import { type Bytes, copyBytes, decodeUtf8, encodeHex, equalBytes } from "@afterkeep/bytes";
import { sha256 } from "@afterkeep/crypto";
import { ByteReader } from "./byte-reader.ts";
import { damaged, ImportError } from "./import-error.ts";

export const kdbxWhat = "KeePass database";
const [firstMark, secondMark, oldSecondMark] = [0x9aa2d903, 0xb54bfb67, 0xb54bfb65];

/** Values of a KDBX variant dictionary by name; numbers as bigint. */
export type VariantMap = ReadonlyMap<string, Bytes | bigint | boolean | string>;

export type KdbxHeader = {
  readonly cipher: "aes" | "chacha20";
  readonly isGzip: boolean;
  readonly masterSeed: Bytes;
  readonly iv: Bytes;
  readonly kdf: VariantMap;
  /** The header's own bytes, which the HMAC after it covers. */
  readonly bytes: Bytes;
  readonly mac: Bytes;
  /** Where the block stream begins. */
  readonly end: number;
};

/** Whether the bytes begin like a KeePass database of any version. */
export function isKeePass(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || view.getUint32(0, true) !== firstMark) return false;
  return [secondMark, oldSecondMark].includes(view.getUint32(4, true));
}

/**
 * The outer header of an untrusted KDBX 4 file, checked against its hash. Throws ImportError `unsupported` for other versions and
 * ciphers. Source: keepass.info/help/kb/kdbx.html.
 */
export function readKdbxHeader(bytes: Uint8Array): KdbxHeader {
  const reader = new ByteReader(bytes, kdbxWhat);
  expectVersion4(reader);
  const fields = readFields(reader);
  const end = reader.position;
  const header = copyBytes(bytes.subarray(0, end));
  if (!equalBytes(sha256(header), reader.take(32))) throw damaged(kdbxWhat);
  const mac = copyBytes(reader.take(32));
  const compression = fieldOf(fields, 3, 4)[0];
  if (compression !== 0 && compression !== 1) throw damaged(kdbxWhat);
  const cipher = cipherOf(fieldOf(fields, 2, 16));
  return {
    cipher,
    isGzip: compression === 1,
    masterSeed: fieldOf(fields, 4, 32),
    iv: fieldOf(fields, 7, cipher === "aes" ? 16 : 12),
    kdf: readVariantMap(fieldOf(fields, 11)),
    bytes: header,
    mac,
    end: reader.position,
  };
}

function expectVersion4(reader: ByteReader): void {
  if (reader.uint32() !== firstMark) throw damaged(kdbxWhat);
  const mark = reader.uint32();
  reader.uint16();
  const major = reader.uint16();
  if (mark === secondMark && major === 4) return;
  throw new ImportError(
    "unsupported",
    "This KeePass database is of another version than KDBX 4. Open it in KeePassXC or KeePass 2, choose KDBX 4 in the " +
      "database settings (or save a copy as KDBX 4), and import that file.",
  );
}

function readFields(reader: ByteReader): ReadonlyMap<number, Bytes> {
  const fields = new Map<number, Bytes>();
  for (;;) {
    const id = reader.uint8();
    const value = copyBytes(reader.take(reader.uint32()));
    if (id === 0) return fields;
    if (fields.has(id)) throw damaged(kdbxWhat);
    fields.set(id, value);
  }
}

function fieldOf(fields: ReadonlyMap<number, Bytes>, id: number, length?: number): Bytes {
  const value = fields.get(id);
  if (value === undefined || (length !== undefined && value.length !== length)) throw damaged(kdbxWhat);
  return value;
}

function cipherOf(id: Bytes): "aes" | "chacha20" {
  switch (encodeHex(id)) {
    case "31c1f2e6bf714350be5805216afc5aff":
      return "aes";
    case "d6038a2b8b6f4cb5a524339a31dbb59a":
      return "chacha20";
    default:
      throw new ImportError(
        "unsupported",
        "This KeePass database is encrypted with a cipher that cannot be read here (Twofish, for example). Choose AES-256 or " +
          "ChaCha20 in its database settings, save it, and import it again.",
      );
  }
}

/** Format: version, then (type, key, value) until type 0. Source: keepass.info/help/kb/kdbx_4.html#extkdf. */
function readVariantMap(bytes: Uint8Array): VariantMap {
  const reader = new ByteReader(bytes, kdbxWhat);
  if (reader.uint16() >> 8 !== 1) throw damaged(kdbxWhat);
  const map = new Map<string, Bytes | bigint | boolean | string>();
  for (let type = reader.uint8(); type !== 0; type = reader.uint8()) {
    const key = decodeUtf8(reader.take(reader.uint32()));
    map.set(key, variantOf(type, copyBytes(reader.take(reader.uint32()))));
  }
  return map;
}

function variantOf(type: number, value: Bytes): Bytes | bigint | boolean | string {
  const view = new DataView(value.buffer);
  switch (type) {
    case 0x04:
    case 0x0c:
      return BigInt(expectSize(value, 4) && view.getUint32(0, true));
    case 0x05:
    case 0x0d:
      return expectSize(value, 8) && view.getBigUint64(0, true);
    case 0x08:
      return value[0] === 1;
    case 0x18:
      return decodeUtf8(value);
    case 0x42:
      return value;
    default:
      throw damaged(kdbxWhat);
  }
}

function expectSize(value: Bytes, size: number): true {
  if (value.length !== size) throw damaged(kdbxWhat);
  return true;
}
