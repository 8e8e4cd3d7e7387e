import { existsSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

const missing = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Afterkeep</title>
<h1>The web app is not built</h1>
<p>This server runs and answers its API, but the pages for the browser have not been built yet.</p>
<p>In the folder of the product, run <code>npm start</code> again, or build the web room. Nothing that you sealed is affected.</p>
</html>`;

/** Answers a GET that is no API call: a file of the web bundle, its one page, or a plain word that the bundle is missing. */
export type WebApp = (request: FastifyRequest, reply: FastifyReply) => FastifyReply | null;

/** Serves the built web bundle from `root`, and its index for every address that the app routes itself. */
export async function serveWebApp(app: FastifyInstance, root: string | undefined): Promise<WebApp> {
  if (root === undefined || !existsSync(join(root, "index.html")))
    return (request, reply) =>
      isPage(request) ? reply.code(503).type("text/html; charset=utf-8").send(missing) : null;
  await app.register(fastifyStatic, {
    root,
    // Why: only the files that are there now get a route; anything else, a folder too, is a page of the app or nothing.
    wildcard: false,
    index: false,
    // Why: file names under assets/ carry a hash of their content; everything else is asked for anew each time.
    setHeaders: (reply, path) =>
      void reply.header(
        "cache-control",
        path.includes("/assets/") ? "public, max-age=31536000, immutable" : "no-cache",
      ),
    cacheControl: false,
    dotfiles: "ignore",
    schemaHide: true,
  });
  return (request, reply) => (isPage(request) ? reply.sendFile("index.html") : null);
}

// A last segment with a dot is a file that is not there; answering it with a page would hide a broken build.
function isPage(request: FastifyRequest): boolean {
  const path = request.url.split("?")[0] ?? "";
  return ["GET", "HEAD"].includes(request.method) && !/^\/v1(\/|$)/.test(path) && !/\.[^/]*$/.test(path);
}
