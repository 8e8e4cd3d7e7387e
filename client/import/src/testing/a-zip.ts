import { crc32, deflateRawSync } from "node:zlib";

export type ZipPart = {
  readonly name: string;
  readonly content: Uint8Array | string;
  /** What the directory says instead of the truth. */
  readonly claims?: {
    readonly length?: number;
    readonly crc?: number;
    readonly flags?: number;
    readonly method?: number;
  };
};

/** A ZIP archive with one deflated file a part, made with Node's zlib. */
export function aZip(parts: readonly ZipPart[]): Uint8Array {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const part of parts) {
    const name = Buffer.from(part.name);
    const { packed, facts } = pack(part);
    const local = Buffer.concat([u32(0x04034b50), u16(20), facts, u16(name.length), u16(0), name, packed]);
    const lengths = Buffer.concat([u16(name.length), u16(0), u16(0)]);
    const place = Buffer.concat([u16(0), u16(0), u32(0), u32(at)]);
    directory.push(Buffer.concat([u32(0x02014b50), u16(20), u16(20), facts, lengths, place, name]));
    locals.push(local);
    at += local.length;
  }
  const index = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(index.length, 12);
  end.writeUInt32LE(at, 16);
  return new Uint8Array(Buffer.concat([...locals, index, end]));
}

/** Packed bytes, and what both headers say of them: flags, method, time, checksum and lengths. */
function pack({ content, claims = {} }: ZipPart): { readonly packed: Buffer; readonly facts: Buffer } {
  const plain = Buffer.from(content);
  const packed = deflateRawSync(plain, { level: 9 });
  const { flags = 0, method = 8, crc = crc32(plain), length = plain.length } = claims;
  const facts = [u16(flags), u16(method), u32(0), u32(crc), u32(packed.length), u32(length)];
  return { packed, facts: Buffer.concat(facts) };
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
