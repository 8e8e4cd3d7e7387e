import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** The first of three neighbouring ports on loopback that nobody listens on. Below 32768, where no outgoing connection gets its own. */
export async function findFreePorts(): Promise<number> {
  for (;;) {
    const port = randomInt(2000, 2990) * 10;
    const free = await Promise.all([port, port + 1, port + 2].map(isFree));
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
