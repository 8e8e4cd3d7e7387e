import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { encodeBase64url, newId, randomBytes } from "@afterkeep/bytes";
import { keyholderContract } from "@afterkeep/contracts";
import { connectZone, issueIdentities, readIdentity, type ZoneName } from "@afterkeep/platform";
import { openStatement } from "@afterkeep/statements";
import { describe, expect, it } from "vitest";
import { z } from "zod";

const main = fileURLToPath(new URL("main.ts", import.meta.url));

/** The real zone as its supervisor starts it, on a folder of one test's own. */
async function withZone(work: (zone: { folder: string; call: (name: ZoneName) => Promise<Client> }) => Promise<void>) {
  const root = mkdtempSync(join(tmpdir(), "afterkeep-zone-"));
  const names = ["keyholder", "api", "clock", "kms"] as const;
  await issueIdentities(join(root, "identity"), names);
  const call = async (name: ZoneName) => {
    const identity = await readIdentity(name, join(root, "identity", name));
    return connectZone(keyholderContract, {
      zone: { name, identity, socketPath: (to) => join(root, `${to}.sock`) },
      to: "keyholder",
    });
  };
  const api = await call("api");
  const door = await openPublicDoor(api);
  const zone = await start(root, door.port);
  try {
    await work({ folder: join(root, "keyholder"), call });
  } finally {
    zone.kill("SIGTERM");
    await once(zone, "exit");
    await api.close();
    await new Promise((resolve) => door.server.close(resolve));
    rmSync(root, { recursive: true });
  }
}

type Client = ReturnType<typeof connectZone<typeof keyholderContract>>;

async function start(root: string, port: number): Promise<ChildProcess> {
  const zone = fork(main, {
    env: {
      PATH: process.env["PATH"],
      AFTERKEEP_ZONE: "keyholder",
      AFTERKEEP_MODE: "demo",
      AFTERKEEP_DEMO_FACTOR: "36000",
      AFTERKEEP_DEMO_EPOCH_MS: "1750000000000",
      AFTERKEEP_ZONE_DATA: join(root, "keyholder"),
      AFTERKEEP_RUN: root,
      AFTERKEEP_IDENTITY: join(root, "identity", "keyholder"),
      AFTERKEEP_PUBLIC_URL: `http://127.0.0.1:${port}`,
      AFTERKEEP_MAIL_FROM: "afterkeep@example.test",
    },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  await once(zone, "message");
  return zone;
}

/** What the api does with a probe, and nothing else of it. */
async function openPublicDoor(api: Client): Promise<{ server: Server; port: number }> {
  const body = z.object({ nonce: z.string() });
  const server = createServer((request, response) => {
    void json(request)
      .then((received) => api.probe(body.parse(received)))
      .then((answer) => response.setHeader("content-type", "application/json").end(JSON.stringify(answer)))
      .catch(() => response.writeHead(503).end());
  });
  return { server, port: await listen(server) };
}

/** Listens on a port of loopback that nobody has. */
async function listen(server: Server): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    const isListening = await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => resolve(true));
    });
    if (isListening) return port;
  }
}

describe("the keyholder zone", () => {
  it("answers its contract over mutual TLS, to the zones that may ask and to no other", () =>
    withZone(async ({ folder, call }) => {
      const [api, clock, kms] = await Promise.all([call("api"), call("clock"), call("kms")]);
      const info = await api.info({});
      expect(info).toMatchObject({ mode: "demo", factor: 36_000, epoch: 1, probe: "self" });
      const account = newId(Date.UTC(2026, 0, 1), randomBytes);
      const { challenge } = await api.challenge({ account, purpose: "control" });
      const key = new Uint8Array(Buffer.from(info.publicKey, "base64url"));
      expect(openStatement("challenge", challenge, key).body).toMatchObject({ account, aud: info.thumb });
      await expect(clock.challenge({ account, purpose: "control" })).rejects.toThrow("caller-not-allowed");
      await expect(kms.info({})).rejects.toThrow("caller-not-allowed");
      await expect(api.probe({ nonce: encodeBase64url(randomBytes(32)) })).rejects.toThrow("probe-unknown");
      await expect(api.submit({ kind: "checkin", statement: "a.b.c" })).rejects.toThrow("statement-");
      for (const name of [
        "keyholder.sqlite",
        "signing.key",
        "share.kek",
        "blob.identity",
        "next-key.OFFLINE",
        "public.json",
      ]) {
        expect(statSync(join(folder, name)).mode & 0o777, name).toBe(0o600);
      }
      await Promise.all([api.close(), clock.close(), kms.close()]);
    }));

  it("attends time once its probe came back through the public address", () =>
    withZone(async ({ call }) => {
      const api = await call("api");
      await expect
        .poll(async () => (await api.switches({ after: 0, limit: 1 })).attendedMs, { timeout: 10_000 })
        .toBeGreaterThan(0);
      await api.close();
    }));
});
