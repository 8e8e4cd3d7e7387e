import { createCipheriv, createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { crc32, deflateSync } from "node:zlib";

/** Things a person keeps, written as real files. */
export type Belongings = {
  readonly pdf: string;
  readonly photo: string;
  readonly archive: string;
  readonly letters: string;
};

/** @param archiveBytes size of one large file of incompressible bytes  @param letterCount files in one folder */
export async function makeBelongings(folder: string, archiveBytes: number, letterCount: number): Promise<Belongings> {
  const letters = join(folder, "letters");
  await mkdir(letters, { recursive: true });
  const things = {
    pdf: join(folder, "will.pdf"),
    photo: join(folder, "harbour.png"),
    archive: join(folder, "archive.bin"),
    letters,
  };
  await writeFile(things.pdf, aPdf("My last will. The house goes to Ada; the boat goes to Ben."));
  await writeFile(things.photo, aPhoto(640, 420));
  await writeLargeFile(things.archive, archiveBytes);
  for (let number = 1; number <= letterCount; number++) {
    await writeFile(
      join(letters, `letter-${String(number).padStart(3, "0")}.txt`),
      `Letter ${number}\n${randomBytes(40).toString("hex")}\n`,
    );
  }
  return things;
}

/** SHA-256 of a file, hex, read in pieces. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

/** Incompressible bytes at disk speed: a stream cipher's output under a fresh key. */
export async function writeLargeFile(path: string, size: number): Promise<void> {
  const cipher = createCipheriv("aes-256-ctr", randomBytes(32), randomBytes(16));
  const zeros = Buffer.alloc(1 << 22);
  const file = await open(path, "w", 0o600);
  try {
    for (let left = size; left > 0; left -= zeros.length) {
      await file.write(cipher.update(left < zeros.length ? zeros.subarray(0, left) : zeros));
    }
  } finally {
    await file.close();
  }
}

/** A one-page PDF 1.4 with a correct cross-reference table. */
function aPdf(text: string): Buffer {
  const stream = `BT /F1 14 Tf 72 720 Td (${text.replaceAll(/[\\()]/g, "\\$&")}) Tj ET`;
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
  ];
  let pdf = "%PDF-1.4\n";
  const offsets = objects.map((object, index) => {
    const offset = pdf.length;
    pdf += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(offset).padStart(10, "0")} 00000 n \n`;
  });
  const table = pdf.length;
  pdf += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${offsets.join("")}`;
  return Buffer.from(
    `${pdf}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`,
    "latin1",
  );
}

/** A PNG of a harbour at dusk: sky, sun and water, computed. */
function aPhoto(width: number, height: number): Buffer {
  const rows = Array.from({ length: height }, (_, y) => {
    const row = Buffer.alloc(1 + width * 3);
    for (let x = 0; x < width; x++) row.set(dusk(x / width, y / height), 1 + x * 3);
    return row;
  });
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  return Buffer.concat([
    signature,
    pngChunk("IHDR", header),
    pngChunk("IDAT", deflateSync(Buffer.concat(rows))),
    pngChunk("IEND", Buffer.alloc(0)),
  ]);
}

function dusk(x: number, y: number): [number, number, number] {
  const isWater = y > 0.62;
  const glow = Math.exp(-((x - 0.62) ** 2 * 14 + (y - 0.52) ** 2 * 30));
  const shimmer = isWater ? 18 * Math.sin(y * 240 + Math.sin(x * 30) * 3) : 0;
  const shade = (base: number, warm: number): number =>
    Math.max(0, Math.min(255, Math.round(base + warm * glow + shimmer)));
  return isWater
    ? [shade(36, 170), shade(62, 96), shade(92, 40)]
    : [shade(92 + 90 * y, 150), shade(96 + 30 * y, 90), shade(140 - 40 * y, 10)];
}

function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(data.length, 0);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  return chunk;
}
