import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fastify, { type FastifyInstance } from "fastify";
import { describe, expect, it } from "vitest";
import { serveWebApp } from "./web-app.ts";

async function withBundle(work: (app: FastifyInstance) => Promise<void>): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), "afterkeep-bundle-"));
  await mkdir(join(root, "assets"));
  await writeFile(join(root, "index.html"), "<title>the page</title>");
  await writeFile(join(root, "assets", "app-1a2b.js"), "the code");
  const app = fastify();
  const page = await serveWebApp(app, root);
  app.setNotFoundHandler((request, reply) => page(request, reply) ?? reply.code(404).send("none"));
  try {
    await work(app);
  } finally {
    await app.close();
    await rm(root, { recursive: true });
  }
}

describe("the web app", () => {
  it.each(["/", "/sign-in", "/bequests/a-b", "/assets", "/assets/"])("answers %s with its one page", (url) =>
    withBundle(async (app) => {
      const answer = await app.inject({ url });
      expect(answer.statusCode).toBe(200);
      expect(answer.body).toContain("the page");
      expect(answer.headers["cache-control"]).toBe("no-cache");
    }),
  );

  it("lets hashed files be kept for ever", () =>
    withBundle(async (app) => {
      const answer = await app.inject({ url: "/assets/app-1a2b.js" });
      expect(answer.body).toBe("the code");
      expect(answer.headers["cache-control"]).toContain("immutable");
    }));

  it.each(["/assets/gone.js", "/v1/nothing", "/..%2f..%2fetc/passwd.txt"])("has nothing at %s", (url) =>
    withBundle(async (app) => expect((await app.inject({ url })).statusCode).toBe(404)),
  );
});
