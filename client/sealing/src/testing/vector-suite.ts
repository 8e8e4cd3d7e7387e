// Runs in Node and in a browser: it imports nothing of either.
import { type Bytes, concatBytes, copyBytes, decodeHex, encodeHex, equalBytes, MalformedError } from "@afterkeep/bytes";
import { DecryptionError, hkdf, openAead, sealAead, sha256 } from "@afterkeep/crypto";
import {
  openChunk,
  parseHeader,
  parseIdentity,
  payloadKey,
  sealChunk,
  StreamDecryptor,
  unwrapFileKey,
} from "@afterkeep/formats";
import { armor } from "age-encryption";
import type { ChunkCipher, PayloadEngine } from "../payload-engine.ts";
import { cipherStream } from "../payload-stream.ts";

/** One age vector of C2SP (CCTV): the fields of its head, and the file in base64. */
export type AgeVector = {
  readonly name: string;
  readonly head: readonly (readonly [string, string])[];
  readonly file: string;
};
type AeadCase = Readonly<Record<"key" | "iv" | "aad" | "msg" | "ct" | "tag" | "result", string>> & {
  readonly tcId: number;
};
type HkdfCase = Readonly<Record<"ikm" | "salt" | "info" | "okm" | "result", string>> & {
  readonly tcId: number;
  readonly size: number;
};
export type Vectors = {
  readonly age: readonly AgeVector[];
  readonly aead: readonly AeadCase[];
  readonly hkdf: readonly HkdfCase[];
};

/** What was tried, by name, and what did not come out as the vector says. */
export type Verdict = { readonly tried: number; readonly wrong: readonly string[] };

async function judge<T>(
  cases: readonly T[],
  nameOf: (one: T) => string,
  holds: (one: T) => boolean | Promise<boolean>,
): Promise<Verdict> {
  const wrong = [];
  for (const one of cases) {
    const isRight = await Promise.resolve()
      .then(() => holds(one))
      .catch((error: unknown) => `${String(error)}`);
    if (isRight !== true) wrong.push(`${nameOf(one)}${isRight === false ? "" : `: ${isRight}`}`);
  }
  return { tried: cases.length, wrong };
}

/** An age vector whose header was read: an outcome, or what an engine goes on with. */
export type StartedVector = {
  readonly name: string;
  readonly expected: string;
  /** SHA-256 of the plaintext, or of what a reader of single chunks gives out before it fails. */
  readonly payload: string;
  readonly isPassphrase: boolean;
  readonly start: string | { readonly key: Bytes; readonly body: Bytes };
};

/** Reads every header with ours, and unwraps its file key. */
export async function startAge(vectors: readonly AgeVector[]): Promise<StartedVector[]> {
  const started = [];
  for (const vector of vectors) {
    const head = new Map(vector.head);
    const isPassphrase = head.has("passphrase") || vector.name.startsWith("scrypt");
    started.push({
      name: vector.name,
      expected: head.get("expect") ?? "",
      payload: head.get("payload") ?? "",
      isPassphrase,
      start: await startVector(vector, head, isPassphrase),
    });
  }
  return started;
}

async function startVector(
  vector: AgeVector,
  head: ReadonlyMap<string, string>,
  isPassphrase: boolean,
): Promise<StartedVector["start"]> {
  let file: Bytes = Uint8Array.from(atob(vector.file), (letter) => letter.charCodeAt(0));
  try {
    if (head.get("armored") === "yes") file = copyBytes(armor.decode(new TextDecoder("latin1").decode(file)));
  } catch {
    return "armor failure";
  }
  try {
    const identities = vector.head.flatMap(([name, value]) => (name === "identity" ? [parseIdentity(value)] : []));
    const fileKey = isPassphrase ? await givenKey(file, head.get("file key")) : await unwrapFileKey(file, identities);
    if (fileKey === null) return "no match";
    const payload = file.subarray(parseHeader(file).length);
    // The vectors count the nonce to the header.
    if (payload.length < 16) return "header failure";
    return { key: payloadKey(fileKey, payload.subarray(0, 16)), body: payload.subarray(16) };
  } catch (error) {
    if (error instanceof MalformedError) return "header failure";
    if (error instanceof DecryptionError) return "refused";
    throw error;
  }
}

/** The file key as the vector gives it: a passphrase never opens one of our documents, but its payload is one like any other. */
async function givenKey(file: Bytes, given: string | undefined): Promise<Bytes | null> {
  if ((await unwrapFileKey(file, [])) !== null) throw new Error("opened without an identity");
  return given === undefined ? null : decodeHex(given);
}

/** Every age vector through the engine. */
export function judgeAge(engine: PayloadEngine, vectors: readonly StartedVector[]): Promise<Verdict> {
  return judge(
    vectors,
    ({ name }) => name,
    (vector) => isAsExpected(engine, vector),
  );
}

async function isAsExpected(engine: PayloadEngine, vector: StartedVector): Promise<boolean> {
  const { expected, start, isPassphrase } = vector;
  if (typeof start === "string") return isPassphrase ? expected !== "success" : outcomes(expected).includes(start);
  const { isWhole, plaintext } = await openBody(engine, start);
  if (isPassphrase && expected !== "success") return true;
  if (isWhole !== (expected === "success")) return false;
  if (isWhole) return encodeHex(sha256(plaintext)) === vector.payload;
  // An engine gives out whole batches, so less before a failure than a reader of single chunks; never anything else.
  return expected === "payload failure" && equalBytes(plaintext, readOneByOne(start).subarray(0, plaintext.length));
}

/** Stanza-level faults and a wrong MAC are one error of ours; the vectors tell them apart. */
function outcomes(expected: string): string[] {
  if (expected === "HMAC failure") return ["refused"];
  return expected === "header failure" ? ["header failure", "refused"] : [expected];
}

type Body = { readonly key: Bytes; readonly body: Bytes };

async function openBody(engine: PayloadEngine, { key, body }: Body): Promise<{ isWhole: boolean; plaintext: Bytes }> {
  const opened: Bytes[] = [];
  try {
    for await (const part of cipherStream(inOddParts(body), { direction: "open", key, engine })) opened.push(part);
  } catch (error) {
    if (!(error instanceof DecryptionError)) throw error;
    return { isWhole: false, plaintext: concatBytes(...opened) };
  }
  const plaintext = concatBytes(...opened);
  const sealed: Bytes[] = [];
  for await (const part of cipherStream(inOddParts(plaintext), { direction: "seal", key, engine })) sealed.push(part);
  if (!equalBytes(concatBytes(...sealed), body)) throw new Error("what opened was sealed again to other bytes");
  return { isWhole: true, plaintext };
}

/** What a reader of single chunks in JavaScript gives out before it fails. */
function readOneByOne({ key, body }: Body): Bytes {
  const released: Bytes[] = [];
  try {
    const decryptor = new StreamDecryptor(key, (k, nonce, chunk) => void released.push(openChunk(k, nonce, chunk)));
    decryptor.push(body);
    decryptor.finish();
  } catch {
    // The vector's own outcome is judged by what the engine did.
  }
  return concatBytes(...released);
}

/** Why an odd size: parts from a network never line up with chunks. */
async function* inOddParts(bytes: Bytes): AsyncGenerator<Bytes, void, undefined> {
  for (let at = 0; at < bytes.length; at += 50_021) yield bytes.subarray(at, at + 50_021);
}

/** Wycheproof's ChaCha20-Poly1305 through a chunk cipher: those of its cases that have what a chunk has, a 96-bit nonce and no data beside. */
export function judgeChunkAead(cipher: ChunkCipher, cases: readonly AeadCase[]): Promise<Verdict> {
  const fitting = cases.filter(({ iv, aad }) => iv.length === 24 && aad === "");
  return judge(
    fitting,
    ({ tcId }) => `tcId ${tcId}`,
    async (test) => {
      const [key, iv, msg] = [decodeHex(test.key), decodeHex(test.iv), decodeHex(test.msg)];
      const sealed = decodeHex(test.ct + test.tag);
      if (test.result === "invalid") return isRefused(() => cipher.open(key, iv, sealed));
      return equalBytes(await cipher.open(key, iv, sealed), msg) && equalBytes(await cipher.seal(key, iv, msg), sealed);
    },
  );
}

/** All of Wycheproof's ChaCha20-Poly1305 through the wrapper that records are sealed with. */
export function judgeAead(cases: readonly AeadCase[]): Promise<Verdict> {
  return judge(
    cases,
    ({ tcId }) => `tcId ${tcId}`,
    async (test) => {
      const [key, iv, aad, msg] = [decodeHex(test.key), decodeHex(test.iv), decodeHex(test.aad), decodeHex(test.msg)];
      const sealed = decodeHex(test.ct + test.tag);
      if (test.result === "invalid") return isRefused(() => openAead(key, iv, aad, sealed));
      return equalBytes(openAead(key, iv, aad, sealed), msg) && equalBytes(sealAead(key, iv, aad, msg), sealed);
    },
  );
}

export function judgeHkdf(cases: readonly HkdfCase[]): Promise<Verdict> {
  return judge(
    cases,
    ({ tcId }) => `tcId ${tcId}`,
    async (test) => {
      const derive = () => hkdf(decodeHex(test.ikm), decodeHex(test.salt), decodeHex(test.info), test.size);
      return test.result === "invalid" ? isRefused(derive) : equalBytes(derive(), decodeHex(test.okm));
    },
  );
}

async function isRefused(attempt: () => unknown): Promise<boolean> {
  try {
    await attempt();
    return false;
  } catch (error) {
    return error instanceof DecryptionError || error instanceof MalformedError;
  }
}

/** A cipher that gives right bytes but the wrong ones once: what a known answer must catch. */
export function spoiled(cipher: ChunkCipher, direction: "seal" | "open" | "tag"): ChunkCipher {
  return {
    seal: async (key, nonce, chunk) => {
      const sealed = await cipher.seal(key, nonce, chunk);
      if (direction === "seal") sealed[0] = (sealed[0] ?? 0) ^ 1;
      return sealed;
    },
    open: async (key, nonce, chunk) => {
      if (direction === "tag") return sealChunk(key, nonce, chunk.subarray(0, -16)).subarray(0, -16);
      const opened = await cipher.open(key, nonce, chunk);
      if (direction === "open") opened[0] = (opened[0] ?? 0) ^ 1;
      return opened;
    },
  };
}
