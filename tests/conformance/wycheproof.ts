import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { decodeHex, equalBytes } from "@afterkeep/bytes";
import { hkdf, hmacSha256, isHmacSha256, openAead, sealAead, verify } from "@afterkeep/crypto";
import { decryptAesGcm, encryptAesGcm } from "@afterkeep/kms";
import { isRefused, type Report, type Runner } from "./report.ts";

type Case = Readonly<Record<string, string | number>> & { readonly tcId: number; readonly result: string };
type Group = {
  readonly tests: readonly Case[];
  readonly tagSize?: number;
  readonly publicKey?: { readonly pk: string };
};

/** Whether our function treats one case as the vectors say: right for `valid`, refused for `invalid`. */
type Judge = (test: Case, group: Group) => boolean;

const bytes = (test: Case, field: string) => decodeHex(String(test[field]));

const judges: Readonly<Record<string, Judge>> = {
  chacha20_poly1305: (test) => {
    const [key, iv, aad, msg] = [bytes(test, "key"), bytes(test, "iv"), bytes(test, "aad"), bytes(test, "msg")];
    const sealed = decodeHex(`${test["ct"]}${test["tag"]}`);
    if (test.result === "invalid") return isRefused(() => openAead(key, iv, aad, sealed));
    return equalBytes(openAead(key, iv, aad, sealed), msg) && equalBytes(sealAead(key, iv, aad, msg), sealed);
  },
  // Only 256-bit keys and 96-bit nonces are offered; everything else must be refused, and the nonce is always our own.
  aes_gcm: (test, group) => {
    const [key, iv, aad, msg] = [bytes(test, "key"), bytes(test, "iv"), bytes(test, "aad"), bytes(test, "msg")];
    const open = () => decryptAesGcm(key, aad, decodeHex(`${test["iv"]}${test["ct"]}${test["tag"]}`));
    const isOffered = key.length === 32 && iv.length === 12 && group.tagSize === 128;
    if (test.result === "invalid" || !isOffered) return isRefused(open);
    return equalBytes(open(), msg) && equalBytes(decryptAesGcm(key, aad, encryptAesGcm(key, aad, msg)), msg);
  },
  hkdf_sha256: (test) => {
    const derive = () => hkdf(bytes(test, "ikm"), bytes(test, "salt"), bytes(test, "info"), Number(test["size"]));
    return test.result === "invalid" ? isRefused(derive) : equalBytes(derive(), bytes(test, "okm"));
  },
  // Groups with 128-bit tags test truncation, which we never do: there the first half must be equal, and the check refuse it.
  hmac_sha256: (test, group) => {
    const [key, msg, tag] = [bytes(test, "key"), bytes(test, "msg"), bytes(test, "tag")];
    if (group.tagSize === 256) return isHmacSha256(key, msg, tag) === (test.result === "valid");
    const isHead = equalBytes(hmacSha256(key, msg).subarray(0, tag.length), tag);
    return isHead === (test.result === "valid") && !isHmacSha256(key, msg, tag);
  },
  ed25519: (test, group) =>
    verify(bytes(test, "sig"), bytes(test, "msg"), decodeHex(group.publicKey?.pk ?? "")) === (test.result === "valid"),
};

/** One runner for each Wycheproof file whose algorithm our wrappers offer. */
export const wycheproofRunners: readonly Runner[] = Object.entries(judges).map(([algorithm, judge]) => ({
  title: `wycheproof ${algorithm}`,
  covers: (path) => path === `wycheproof/${algorithm}_test.json.gz`,
  run: (folder, paths, report) => paths.forEach((path) => runFile(join(folder, path), judge, report)),
}));

function runFile(path: string, judge: Judge, report: Report): void {
  const file: { numberOfTests: number; testGroups: Group[] } = JSON.parse(gunzipSync(readFileSync(path)).toString());
  let count = 0;
  for (const group of file.testGroups) {
    for (const test of group.tests) {
      count += 1;
      report.check(`${path} tcId ${test.tcId}`, () => judge(test, group));
    }
  }
  report.check(`${path}: number of cases`, () => count === file.numberOfTests);
}
