import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { copyBytes, MalformedError, padme } from "@afterkeep/bytes";
import type { Sha256 } from "@afterkeep/crypto";
import { leafHash, nodeHash } from "./hashes.ts";
import {
  decodeLeafList,
  encodeLeafList,
  objectLayout,
  PayloadHasher,
  payloadRoot,
  sliceCount,
  sliceLength,
} from "./slices.ts";

const native = (): Sha256 => {
  const state = createHash("sha256");
  return { update: (bytes) => void state.update(bytes), digest: () => copyBytes(state.digest()) };
};

const payload = new Uint8Array(2 * sliceLength + 5).map((_, i) => (i * 31 + (i >> 8) + (i >> 20)) & 0xff);
const slices = [
  payload.slice(0, sliceLength),
  payload.slice(sliceLength, 2 * sliceLength),
  payload.slice(2 * sliceLength),
];
const digest = digestOf([payload]);

function digestOf(parts: readonly Uint8Array[]) {
  const hasher = new PayloadHasher(native);
  for (const part of parts) hasher.push(part);
  return hasher.finish();
}

function partsOf(length: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(payload.length / length) }, (_, i) =>
    payload.subarray(i * length, (i + 1) * length),
  );
}

describe("payload slices", () => {
  it("hash to the root of RFC 6962 over slices of 2²⁰ bytes", () => {
    const [a, b, c] = slices.map((slice) => leafHash(slice));
    if (a === undefined || b === undefined || c === undefined) throw new Error("three slices");
    expect(digest).toEqual({ payloadLen: payload.length, leaves: [a, b, c], payloadRoot: nodeHash(nodeHash(a, b), c) });
  });

  it("do not depend on how the bytes arrive, nor on whose SHA-256 it is", () => {
    for (const length of [65_552, sliceLength, sliceLength + 1]) expect(digestOf(partsOf(length))).toEqual(digest);
    const hasher = new PayloadHasher();
    hasher.push(payload);
    expect(hasher.finish()).toEqual(digest);
  });

  it("of an empty payload do not exist", () => {
    expect(() => new PayloadHasher().finish()).toThrow(MalformedError);
    for (const length of [0, -1, 0.5]) expect(() => sliceCount(length)).toThrow(MalformedError);
  });

  it("end in no empty slice when the length is even", () => {
    expect([1, sliceLength, sliceLength + 1, 3 * sliceLength].map(sliceCount)).toEqual([1, 1, 2, 3]);
    expect(digestOf(slices.slice(0, 2)).leaves).toHaveLength(2);
  });
});

describe("leaf lists", () => {
  it("are read back only in their exact length", () => {
    const list = encodeLeafList(digest.leaves);
    expect(decodeLeafList(list, payload.length)).toEqual(digest.leaves);
    expect(() => decodeLeafList(list.subarray(32), payload.length)).toThrow(MalformedError);
    expect(() => decodeLeafList(list, payload.length - 5)).toThrow(MalformedError);
    expect(() => encodeLeafList([new Uint8Array(31)])).toThrow(MalformedError);
    expect(() => payloadRoot(digest.leaves.slice(1), payload.length)).toThrow(MalformedError);
  });
});

describe("stored objects", () => {
  it("are payload, leaf list and padding, of a Padmé size", () => {
    const layout = objectLayout(payload.length);
    expect(layout).toMatchObject({ leavesOffset: payload.length, leavesLen: 96, paddingOffset: payload.length + 96 });
    expect(layout.objectLen).toBe(padme(payload.length + 96));
    expect(layout.paddingOffset + layout.paddingLen).toBe(layout.objectLen);
  });
});
