import type { Result } from "../report.ts";
import { benchFiles } from "./bench-files.ts";
import { benchUpload } from "./bench-upload.ts";
import { benchWeb } from "./bench-web.ts";

type Measured = { readonly notes: string[]; readonly results: Result[] };

const parts = new Map<string, (rounds: number) => Promise<Measured>>([
  ["files", benchFiles],
  ["upload", benchUpload],
  ["web", benchWeb],
]);

/** What `--only` may name. */
export const sealingParts: readonly string[] = [...parts.keys()];

/** Everything that sealing promises about speed and memory, or one part of it. */
export async function benchSealing(rounds: number, only: string): Promise<Measured> {
  const chosen = [...parts].filter(([name]) => only === "" || name === only);
  const measured: Measured[] = [];
  for (const [, bench] of chosen) measured.push(await bench(rounds));
  return { notes: measured.flatMap(({ notes }) => notes), results: measured.flatMap(({ results }) => results) };
}
