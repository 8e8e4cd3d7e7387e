import type { Result } from "../report.ts";

type Measured = { readonly notes: string[]; readonly results: Result[] };

/**
 * Why loaded one by one, and the upload first: it runs in this process, and what the others load would be collected over and over again
 * while it runs.
 */
const parts = new Map<string, () => Promise<(rounds: number) => Promise<Measured>>>([
  ["upload", async () => (await import("./bench-upload.ts")).benchUpload],
  ["files", async () => (await import("./bench-files.ts")).benchFiles],
  ["web", async () => (await import("./bench-web.ts")).benchWeb],
]);

/** What `--only` may name. */
export const sealingParts: readonly string[] = [...parts.keys()];

/** Everything that sealing promises about speed and memory, or one part of it. */
export async function benchSealing(rounds: number, only: string): Promise<Measured> {
  const chosen = [...parts].filter(([name]) => only === "" || name === only);
  const measured: Measured[] = [];
  for (const [, load] of chosen) measured.push(await (await load())(rounds));
  return { notes: measured.flatMap(({ notes }) => notes), results: measured.flatMap(({ results }) => results) };
}
