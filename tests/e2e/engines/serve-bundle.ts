import { createServer } from "node:http";
import { join } from "node:path";
import { build } from "vite";
import { securityHeaders } from "@afterkeep/api/security-headers";
import { listenOnFreePort } from "../../../scripts/stage/free-ports.ts";

export type ServedBundle = { readonly origin: string; close(): Promise<void> };

/** The script of the web app's own cipher workers. */
const workerScript = join(import.meta.dirname, "../../../client/web/src/device/cipher-worker.ts");

/**
 * A page that runs one bundled script under the product's own security headers; beside it `files`, and the product's `/cipher-worker.js`.
 * @param entry absolute path of the script
 */
export async function serveBundle(entry: string, files: ReadonlyMap<string, string>): Promise<ServedBundle> {
  const served = new Map([
    ["/", `<!doctype html><title>bundle</title><script type="module" src="/main.js"></script>`],
    ["/favicon.ico", ""],
    ["/main.js", await bundle(entry)],
    ["/cipher-worker.js", await bundle(workerScript)],
    ...files,
  ]);
  const server = createServer((request, response) => {
    const { url = "" } = request;
    const body = served.get(url);
    const type = url === "/" ? "text/html" : url.endsWith(".js") ? "text/javascript" : "application/json";
    response.writeHead(body === undefined ? 404 : 200, {
      ...securityHeaders("http://localhost"),
      "content-type": type,
    });
    response.end(body);
  });
  const port = await listenOnFreePort(server);
  return {
    origin: `http://localhost:${port}`,
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}

async function bundle(entry: string): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: "silent",
    build: { write: false, target: "es2023", modulePreload: false, rolldownOptions: { input: entry } },
  });
  const outputs = (Array.isArray(built) ? built : [built]).flatMap((one) => ("output" in one ? one.output : []));
  const chunk = outputs.find((output) => output.type === "chunk");
  if (chunk === undefined || outputs.length !== 1) throw new Error("not one script");
  return chunk.code;
}
