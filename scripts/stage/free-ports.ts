import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** The first of `count` free ports in a row on loopback. */
export async function freePorts(count: number): Promise<number> {
  for (;;) {
    const port = randomInt(2000, 2999) * 10;
    const free = await Promise.all(Array.from({ length: count }, (_, more) => isFree(port + more)));
    if (free.every(Boolean)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
