import { readFileSync } from "node:fs";
import { gunzipSync, inflateSync } from "node:zlib";
import * as shipped from "cctv-age";
import type { AgeVector, Vectors } from "./vector-suite.ts";

/** All vectors, in a form that can be sent to a browser. */
export function readVectors(): Vectors {
  return {
    age: Object.entries<unknown>(shipped).flatMap(([name, bytes]) =>
      bytes instanceof Uint8Array ? [ageVector(name, bytes)] : [],
    ),
    aead: wycheproof("chacha20_poly1305"),
    hkdf: wycheproof("hkdf_sha256"),
  };
}

/** A vector is a head of `key: value` lines, an empty line, and the file. */
function ageVector(name: string, bytes: Uint8Array): AgeVector {
  const split = Buffer.from(bytes).indexOf("\n\n");
  const lines = Buffer.from(bytes.subarray(0, split)).toString().split("\n");
  const head = lines.map((line): [string, string] => [line.split(": ")[0] ?? "", line.replace(/^[^:]*: /, "")]);
  const body = bytes.subarray(split + 2);
  const isCompressed = head.some(([key, value]) => key === "compressed" && value === "zlib");
  return { name, head, file: Buffer.from(isCompressed ? inflateSync(body) : body).toString("base64") };
}

function wycheproof<T>(algorithm: string): T[] {
  const path = new URL(`wycheproof/${algorithm}_test.json.gz`, import.meta.url);
  const file: { readonly testGroups: readonly { readonly tests: readonly T[] }[] } = JSON.parse(
    gunzipSync(readFileSync(path)).toString(),
  );
  return file.testGroups.flatMap(({ tests }) => tests);
}
