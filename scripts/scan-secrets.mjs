import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { root } from "./bootstrap.mjs";
import { listFiles } from "./list-files.mjs";

const patterns = {
  "a private key": /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/,
  "an age identity": /AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]{50,}/,
  "an AWS key": /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/,
  "a GitHub token": /\bgh[pousr]_[A-Za-z0-9]{36}\b/,
  "an npm token": /\bnpm_[A-Za-z0-9]{36}\b/,
  "a Slack token": /\bxox[abprs]-[A-Za-z0-9-]{20,}/,
  "a password in a URL":
    /\b(?:postgres(?:ql)?|smtps?|https?):\/\/[^\s:/@"'`${}<>]+:[^\s:/@"'`${}<>]{6,}@(?!(?:localhost|127\.0\.0\.1|[\w.-]*example\.(?:org|com|net))\b)/,
};
// Test vectors are published keys; nothing is protected by them.
const vectors = /(?:^|\/)(?:vectors|testdata)\/|\.vectors\.json$|\.test\.ts$/;

/** Secrets that look as if they were committed, one line each. */
export function scanSecrets() {
  return listFiles().flatMap((path) => {
    const absolute = join(root, path);
    if (vectors.test(path) || statSync(absolute).size > 2_000_000) return [];
    const text = readFileSync(absolute, "utf8");
    return Object.entries(patterns).flatMap(([what, pattern]) =>
      pattern.test(text) ? [`${path}: looks like it holds ${what}`] : [],
    );
  });
}
