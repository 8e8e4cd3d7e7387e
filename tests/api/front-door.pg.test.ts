import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { problem } from "@afterkeep/contracts";
import { describe, expect, it } from "vitest";
import { aSealedDocument, partHeaders } from "../stack/a-document.ts";
import { listening } from "../stack/a-listening-api.ts";
import { withStack } from "../stack/a-stack.ts";
import { anOwner } from "../stack/an-owner.ts";

async function withWebBundle(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "afterkeep-web-"));
  try {
    await mkdir(join(folder, "assets"));
    await writeFile(join(folder, "index.html"), "<!doctype html><title>The app</title>");
    await writeFile(join(folder, "assets", "app-1a2b.js"), "export {};");
    await writeFile(join(folder, ".env"), "secret");
    await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function sendRaw(port: number, raw: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(raw);
  let answer = "";
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}

describe("the front door", () => {
  it("serves the app for every address of its own, its files by name, and nothing hidden", () =>
    withWebBundle((webDist) =>
      withStack(
        async (stack) => {
          for (const url of ["/", "/bequests/x", "/verify?x=1"]) {
            const page = await stack.ask({ method: "GET", url });
            expect([url, page.status, page.text]).toEqual([url, 200, expect.stringContaining("The app")]);
            expect(page.headers["cache-control"]).toBe("no-cache");
          }
          const script = await stack.ask({ method: "GET", url: "/assets/app-1a2b.js" });
          expect([script.status, script.headers["cache-control"]]).toEqual([200, expect.stringContaining("immutable")]);
          for (const url of ["/assets/gone.js", "/.env", "/..%2f..%2fetc%2fpasswd", "/v1/nothing"]) {
            const answer = await stack.ask({ method: "GET", url });
            expect([url, answer.status >= 400 && answer.status < 500, answer.text.includes("secret")]).toEqual([
              url,
              true,
              false,
            ]);
          }
          expect((await stack.ask({ method: "POST", url: "/bequests", body: {} })).status).toBe(404);
        },
        { webDist },
      ),
    ));

  it("says plainly that the app is not built, and serves the API all the same", () =>
    withStack(async (stack) => {
      const page = await stack.ask({ method: "GET", url: "/" });
      expect([page.status, page.text]).toEqual([503, expect.stringContaining("not built")]);
      expect((await stack.ask({ method: "GET", url: "/v1/server" })).status).toBe(200);
    }));

  it("puts the same walls around every answer", () =>
    withStack(async (stack) => {
      for (const url of ["/", "/v1/server", "/v1/account", "/v1/nothing", "/v1/%ff"]) {
        const { headers } = await stack.ask({ method: "GET", url });
        expect(headers).toMatchObject({
          "content-security-policy": expect.stringMatching(
            /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval';/,
          ),
          "cross-origin-opener-policy": "same-origin",
          "cross-origin-embedder-policy": "require-corp",
          "referrer-policy": "no-referrer",
          "x-content-type-options": "nosniff",
        });
        expect(String(headers["content-security-policy"])).not.toMatch(
          /unsafe-inline|unsafe-eval'? *;.*unsafe-eval|https?:/,
        );
        expect(headers["strict-transport-security"]).toBeUndefined();
        expect(headers["access-control-allow-origin"]).toBeUndefined();
      }
    }));

  it("asks browsers to stay with TLS where its public address has it", () =>
    withStack(
      async (stack) => {
        const { headers } = await stack.ask({ method: "GET", url: "/v1/server" });
        expect(headers["strict-transport-security"]).toMatch(/^max-age=\d{8}/);
      },
      { publicUrl: "https://vault.example" },
    ));

  it("serves the document that describes it", () =>
    withStack(async (stack) => {
      const { body } = await stack.ask({ method: "GET", url: "/v1/openapi.json" });
      expect(body).toMatchObject({ openapi: "3.1.0" });
    }));

  it("answers what is not HTTP with a problem document, and closes", () =>
    withStack(async (stack) => {
      const port = Number(new URL(await listening(stack)).port);
      const answer = await sendRaw(port, "this is not HTTP\r\n\r\n");
      expect(answer).toMatch(/^HTTP\/1.1 400 .*\r\n(?:.*\r\n)*content-type: application\/problem\+json/);
      expect(problem.safeParse(JSON.parse(answer.split("\r\n\r\n")[1] ?? "")).success).toBe(true);
    }));

  it("tells a client that uploads too much why, while it still sends", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const document = aSealedDocument(5000);
      await owner.ask("beginDocument", { body: document.announced });
      const port = Number(new URL(await listening(stack)).port);
      const head = `PUT /v1/documents/${document.doc}/versions/${document.ver}/parts/0 HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${owner.token}\r\ncontent-type: application/octet-stream\r\ncontent-digest: ${partHeaders(document.object)["content-digest"]}\r\n`;
      const chunk = `2000\r\n${"x".repeat(0x2000)}\r\n`;
      const answer = await sendRaw(port, `${head}transfer-encoding: chunked\r\n\r\n${chunk}${chunk}`);
      expect(answer).toContain("HTTP/1.1 400");
      expect(answer).toContain("object-length-wrong");
    }));
});
