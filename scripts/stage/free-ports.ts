import { randomInt } from "node:crypto";
import { createServer, type Server } from "node:net";

/** Tens of ports from 20000 on. The last digits up to 3 are for a product, the others for what is served on one port. */
const tens = 1000;
/** As many test files as run at once, or more. */
const workers = 8;
let lately: readonly number[] = [];

/**
 * The first of `count` (at most four) free ports in a row on loopback.
 * Why each worker of the tests has tens of its own: they are bound seconds after they were found free, while others look for theirs.
 */
export async function freePorts(count: number): Promise<number> {
  for (;;) {
    const port = 20_000 + 10 * tenOfThisWorker();
    if (lately.includes(port)) continue;
    const free = await Promise.all(Array.from({ length: count }, (_, more) => isFree(port + more)));
    if (!free.every(Boolean) || lately.includes(port)) continue;
    lately = [port, ...lately].slice(0, 20);
    return port;
  }
}

function tenOfThisWorker(): number {
  const worker = process.env["VITEST_POOL_ID"];
  return worker === undefined ? randomInt(tens) : randomInt(tens / workers) * workers + (Number(worker) % workers);
}

/** Makes `server` listen on a port of loopback that no product will take. */
export async function listenOnFreePort(server: Server): Promise<number> {
  for (;;) {
    const port = 20_000 + 10 * randomInt(tens) + randomInt(4, 10);
    if (await takes(server, port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  if (!(await takes(server, port))) return false;
  await new Promise((resolve) => server.close(resolve));
  return true;
}

/** False when the port is somebody else's. */
function takes(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => resolve(true));
  });
}
