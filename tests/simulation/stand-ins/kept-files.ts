/*
 * The disk of most simulated runs: what a process wrote outlives it, and nothing waits. By path, for all worlds of this process, which never
 * share a folder.
 */

const contents = new Map<string, string>();

export function readKept(path: string): string | null {
  return contents.get(path) ?? null;
}

export function keep(path: string, content: string): void {
  contents.set(path, content);
}

export function forgetKept(path: string): void {
  contents.delete(path);
}

/** Everything in a folder. */
export function forgetKeptFolder(folder: string): void {
  for (const path of contents.keys()) if (path.startsWith(`${folder}/`)) contents.delete(path);
}
