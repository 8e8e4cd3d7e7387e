// Writes a minimal KDBX 4 database with the cipher, key derivation and inner stream that are asked for, with node:crypto alone (OpenSSL):
// a second implementation beside the reader under test. keepassxc-cli cannot choose these itself, but keeps them when it saves again.
// Usage: node make-seed.mjs <out> <aes|chacha20> <kdf> <chacha20|salsa20> <passphrase> [key file] < document.xml
// <kdf>: aes:ROUNDS, argon2d:KIB:PASSES:LANES or argon2id:KIB:PASSES:LANES
import { argon2Sync, createCipheriv, createHash, createHmac, randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const [out, cipher, kdf, inner, passphrase, keyFile] = process.argv.slice(2);
const hash = (name, ...parts) => createHash(name).update(Buffer.concat(parts)).digest();
const u32 = (value) => Buffer.from(Uint32Array.of(value).buffer);
const u64 = (value) => Buffer.from(BigUint64Array.of(BigInt(value)).buffer);
const field = (id, value) => Buffer.concat([Uint8Array.of(id), u32(value.length), value]);
const variant = (type, key, value) =>
  Buffer.concat([Uint8Array.of(type), u32(key.length), Buffer.from(key), u32(value.length), value]);

const [kind, ...cost] = kdf.split(":");
const salt = randomBytes(32);
const uuids = {
  aes: "7c02bb8279a74ac0927d114a00648238",
  argon2d: "ef636ddf8c29444b91f7a9a403e30a0c",
  argon2id: "9e298b1956db4773b23dfc3ec6f0a1e6",
};
const [memoryKiB, passes, lanes] = cost.map(Number);
const parameters =
  kind === "aes"
    ? [variant(0x05, "R", u64(memoryKiB)), variant(0x42, "S", salt)]
    : [
        variant(0x04, "V", u32(0x13)),
        variant(0x42, "S", salt),
        variant(0x05, "M", u64(memoryKiB * 1024)),
        variant(0x05, "I", u64(passes)),
        variant(0x04, "P", u32(lanes)),
      ];
const dictionary = Buffer.concat([
  Uint8Array.of(0, 1),
  variant(0x42, "$UUID", Buffer.from(uuids[kind], "hex")),
  ...parameters,
  Uint8Array.of(0),
]);

const masterSeed = randomBytes(32);
const iv = randomBytes(cipher === "aes" ? 16 : 12);
const cipherId = { aes: "31c1f2e6bf714350be5805216afc5aff", chacha20: "d6038a2b8b6f4cb5a524339a31dbb59a" }[cipher];
const header = Buffer.concat([
  Buffer.from("03d9a29a67fb4bb500000400", "hex"),
  field(2, Buffer.from(cipherId, "hex")),
  field(3, u32(1)),
  field(4, masterSeed),
  field(7, iv),
  field(11, dictionary),
  field(0, Buffer.from("\r\n\r\n")),
]);

const parts = passphrase === "" ? [] : [hash("sha256", Buffer.from(passphrase))];
if (keyFile !== undefined) parts.push(hash("sha256", readFileSync(keyFile)));
const composite = hash("sha256", ...parts);
const stretched = kind === "aes" ? aesKdf(composite, salt, memoryKiB) : argon2();
const key = hash("sha256", masterSeed, stretched);
const macKey = hash("sha512", masterSeed, stretched, Uint8Array.of(1));
const mac = (index, covered) =>
  createHmac("sha256", hash("sha512", index, macKey))
    .update(covered)
    .digest();

const innerKey = randomBytes(64);
const masks = inner === "salsa20" ? salsaMask(hash("sha256", innerKey)) : chachaMask(hash("sha512", innerKey));
const xml = readFileSync(0, "utf8").replace(/ ProtectInMemory="True">([^<]*)</g, (_, text) => {
  const masked = masks(Buffer.from(text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&")));
  return ` Protected="True">${masked.toString("base64")}<`;
});
const content = Buffer.concat([
  field(1, u32(inner === "salsa20" ? 2 : 3)),
  field(2, innerKey),
  field(0, Buffer.alloc(0)),
  Buffer.from(xml),
]);
const packed = gzipSync(content);
// ChaCha20 in OpenSSL takes a 32-bit block counter before the nonce.
const block =
  cipher === "aes" ? seal("aes-256-cbc", iv, packed) : seal("chacha20", Buffer.concat([u32(0), iv]), packed);
const blocks = [block, Buffer.alloc(0)].map((data, index) => {
  const length = u32(data.length);
  return Buffer.concat([mac(u64(index), Buffer.concat([u64(index), length, data])), length, data]);
});
const headerMac = mac(Buffer.alloc(8, 0xff), header);
writeFileSync(out, Buffer.concat([header, hash("sha256", header), headerMac, ...blocks]));

function seal(name, nonce, data) {
  const sealing = createCipheriv(name, key, nonce);
  return Buffer.concat([sealing.update(data), sealing.final()]);
}

function argon2() {
  const options = { message: composite, nonce: salt, parallelism: lanes, tagLength: 32, memory: memoryKiB, passes };
  return argon2Sync(kind, options);
}

function aesKdf(start, seed, rounds) {
  const ecb = createCipheriv("aes-256-ecb", seed, null).setAutoPadding(false);
  let state = start;
  for (let round = 0; round < rounds; round++) state = ecb.update(state);
  return hash("sha256", state);
}

/** A cipher that goes on where the value before it ended. */
function chachaMask(secret) {
  const nonce = Buffer.concat([u32(0), secret.subarray(32, 44)]);
  const masking = createCipheriv("chacha20", secret.subarray(0, 32), nonce);
  return (data) => masking.update(data);
}

// OpenSSL has no Salsa20. Source: cr.yp.to/snuffle/spec.pdf.
function salsaMask(secret) {
  const words = (bytes) => Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readUInt32LE(4 * at));
  const [c, k, n] = [
    words(Buffer.from("expand 32-byte k")),
    words(secret),
    words(Buffer.from("e830094b97205d2a", "hex")),
  ];
  let [position, block] = [0, Buffer.alloc(64)];
  return (data) =>
    data.map((byte) => {
      if (position % 64 === 0) {
        const counter = [position / 64, 0];
        block = salsaBlock([c[0], ...k.slice(0, 4), c[1], ...n, ...counter, c[2], ...k.slice(4), c[3]]);
      }
      return byte ^ block[position++ % 64];
    });
}

function salsaBlock(start) {
  const x = Uint32Array.from(start);
  const turn = (a, b, c, bits) => {
    const sum = (x[b] + x[c]) >>> 0;
    x[a] ^= (sum << bits) | (sum >>> (32 - bits));
  };
  const quarter = (a, b, c, d) => {
    turn(b, a, d, 7);
    turn(c, b, a, 9);
    turn(d, c, b, 13);
    turn(a, d, c, 18);
  };
  for (let round = 0; round < 10; round++) {
    for (const [a, b, c, d] of ["048c", "59d1", "ae26", "f37b"].map((line) => [...line].map((h) => parseInt(h, 16))))
      quarter(a, b, c, d);
    for (const [a, b, c, d] of ["0123", "5674", "ab89", "fcde"].map((line) => [...line].map((h) => parseInt(h, 16))))
      quarter(a, b, c, d);
  }
  return Buffer.from(Uint32Array.from(x, (word, at) => word + start[at]).buffer);
}
