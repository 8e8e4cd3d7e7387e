import type { Result } from "../report.ts";
import { benchFiles } from "./bench-files.ts";
import { benchWeb } from "./bench-web.ts";

/** Everything that the sealing engine promises about speed and memory. */
export async function benchSealing(rounds: number): Promise<{ notes: string[]; results: Result[] }> {
  const files = await benchFiles(rounds);
  const web = await benchWeb(rounds);
  return { notes: [...files.notes, ...web.notes], results: [...files.results, ...web.results] };
}
