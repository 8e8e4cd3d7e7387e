import { readFileSync } from "node:fs";
import { join } from "node:path";
import { acceptedTotpStep } from "@afterkeep/api";
import { decodeHex } from "@afterkeep/bytes";
import type { Runner } from "./report.ts";

type Case = { time: number; alg: string; secret_hex: string; digits: number; step: number; totp: string };

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** RFC 6238, appendix B: SHA-1 as offered; codes of the other hashes are refused. Six digits are the last six of the eight. */
export const totpRunner: Runner = {
  title: "TOTP (RFC 6238)",
  covers: (path) => path === "totp-rfc6238.json",
  run: (folder, paths, report) => {
    for (const path of paths) {
      const cases: Case[] = JSON.parse(readFileSync(join(folder, path), "utf8"));
      for (const test of cases) report.check(`${path} ${test.alg} at ${test.time}`, () => isRight(test));
    }
  },
};

function isRight({ time, alg, secret_hex, step, totp }: Case): boolean {
  const at = { secret: base32(decodeHex(secret_hex)), code: totp.slice(-6), nowMs: time * 1000 };
  const accepted = acceptedTotpStep({ ...at, afterStep: -1 });
  if (alg !== "sha1") return accepted === null;
  const own = Math.floor(time / step);
  return accepted === own && acceptedTotpStep({ ...at, afterStep: own }) === null;
}

function base32(bytes: Uint8Array): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
  return (bits.match(/.{1,5}/g) ?? []).map((five) => alphabet[Number.parseInt(five.padEnd(5, "0"), 2)]).join("");
}
