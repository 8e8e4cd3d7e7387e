import { readdir, readlink } from "node:fs/promises";
import type { Stack } from "./a-stack.ts";

/** The api on a real port, for what a request that is injected cannot show: its origin. */
export async function listening(stack: Stack): Promise<string> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 9_000);
    if (await listensOn(stack, port)) return `http://127.0.0.1:${port}`;
  }
}

/** False where somebody else has the port. */
async function listensOn({ api }: Stack, port: number): Promise<boolean> {
  try {
    await api.listen(port);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") return false;
    throw error;
  }
}

/** Files of the object store that this process holds open. */
export async function openObjectFiles(stack: Stack): Promise<string[]> {
  const links = await Promise.all(
    (await readdir("/proc/self/fd")).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => "")),
  );
  return links.filter((path) => path.startsWith(stack.zone.objectsDir ?? "/nowhere"));
}
