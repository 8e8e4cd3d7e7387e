import type { AgeKeyKind } from "@afterkeep/formats";
import { UsageError } from "./usage-error.ts";

/** The `--kind` of an age key. */
export function parseKind(kind: string): AgeKeyKind {
  if (kind === "hybrid" || kind === "x25519") return kind;
  throw new UsageError("--kind is hybrid or x25519.");
}
