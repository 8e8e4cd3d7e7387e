import { readdir, readlink } from "node:fs/promises";
import type { Stack } from "./a-stack.ts";

/** The api on a real port, for what a request that is injected cannot show: its origin. */
export async function listening(stack: Stack): Promise<string> {
  const port = 20_000 + Math.floor(Math.random() * 9_000);
  await stack.api.listen(port);
  return `http://127.0.0.1:${port}`;
}

/** Files of the object store that this process holds open. */
export async function openObjectFiles(stack: Stack): Promise<string[]> {
  const links = await Promise.all(
    (await readdir("/proc/self/fd")).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => "")),
  );
  return links.filter((path) => path.startsWith(stack.zone.objectsDir ?? "/nowhere"));
}
