import { isIP } from "node:net";
import type { StatementBody } from "@afterkeep/statements";

/** From where the probe comes in, as far as the configured address tells: shown to owners in every receipt. */
export function probeKindOf(publicUrl: string): StatementBody<"receipt">["probe"] {
  const host = new URL(publicUrl).hostname.replace(/^\[|\]$/g, "");
  if (host === "localhost" || host.endsWith(".localhost") || host === "::1" || host.startsWith("127.")) return "self";
  return isPrivate(host) ? "lan" : "public";
}

function isPrivate(host: string): boolean {
  if (isIP(host) === 4) return /^(10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.)/.test(host);
  if (isIP(host) === 6) return /^f[cde]/i.test(host);
  return !host.includes(".") || /\.(local|lan|internal|home\.arpa)$/.test(host);
}
