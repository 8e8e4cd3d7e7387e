import { connect } from "node:tls";
import { request } from "node:https";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { ConflictError, DependencyError, ForbiddenError, InvariantError } from "../errors/errors.ts";
import { createAuthority, issueIdentity } from "../identity/authority.ts";
import { type TestMachine, withMachine } from "../testing/zone-places.ts";
import type { ZoneRuntime } from "../zone/zone-runtime.ts";
import { connectZone } from "./connect-zone.ts";
import { serveZone } from "./serve-zone.ts";
import type { ZoneContract } from "./zone-contract.ts";

const contract = {
  double: {
    request: z.strictObject({ number: z.int() }),
    response: z.strictObject({ doubled: z.int(), caller: z.string() }),
    callers: ["api", "clock"],
  },
  refuse: { request: z.strictObject({}), response: z.strictObject({}), callers: ["api"] },
  blurt: { request: z.strictObject({}), response: z.strictObject({ shown: z.string() }), callers: ["api"] },
} as const satisfies ZoneContract;

/** A keyholder that serves the contract above. */
async function withKeyholder(work: (machine: TestMachine, keyholder: ZoneRuntime) => Promise<void>): Promise<void> {
  await withMachine(async (machine) => {
    const keyholder = await machine.zone("keyholder");
    const leaky = { shown: "this", secret: "not in the contract" };
    const server = await serveZone(contract, {
      zone: keyholder,
      maxBodyBytes: 1_000,
      handlers: {
        double: ({ number }, { caller }) => ({ doubled: number * 2, caller }),
        refuse: () => {
          throw new ConflictError("already-there", "It is already there.", { next: "Do nothing." });
        },
        blurt: () => leaky,
      },
    });
    try {
      await work(machine, keyholder);
    } finally {
      await server.close();
    }
  });
}

async function callAs(machine: TestMachine, name: ZoneRuntime["name"]) {
  return connectZone(contract, { zone: await machine.zone(name), to: "keyholder" });
}

/** A POST without our client: what an attacker inside another zone could send. */
function postRaw(
  zone: ZoneRuntime,
  path: string,
  body: string | Buffer,
  method = "POST",
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        socketPath: zone.socketPath("keyholder"),
        path,
        method,
        key: zone.identity.privateKeyPem,
        cert: zone.identity.certificatePem,
        ca: zone.identity.authorityPem,
        checkServerIdentity: () => undefined,
        agent: false,
      },
      (response) => {
        response.setEncoding("utf8");
        let text = "";
        response.on("data", (chunk: string) => (text += chunk));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

describe("the transport between zones", () => {
  it("carries a call and tells the callee who calls, from the certificate", () =>
    withKeyholder(async (machine) => {
      const client = await callAs(machine, "clock");
      expect(await client.double({ number: 21 })).toEqual({ doubled: 42, caller: "clock" });
      expect(await client.health({})).toEqual({ ok: true });
      await client.close();
    }));

  it("refuses a zone that the method does not list", () =>
    withKeyholder(async (machine) => {
      const client = await callAs(machine, "auditor");
      const refusal = await client.double({ number: 1 }).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(ForbiddenError);
      expect(refusal).toMatchObject({ code: "caller-not-allowed" });
      await client.close();
    }));

  it("rethrows the callee's error as the same class with code and advice", () =>
    withKeyholder(async (machine) => {
      const client = await callAs(machine, "api");
      const thrown = await client.refuse({}).catch((error: unknown) => error);
      expect(thrown).toBeInstanceOf(ConflictError);
      expect(thrown).toMatchObject({
        code: "already-there",
        publicMessage: "It is already there.",
        next: "Do nothing.",
      });
      await client.close();
    }));

  it("does not let out an answer that is outside its contract", () =>
    withKeyholder(async (machine) => {
      const answer = await postRaw(await machine.zone("api"), "/blurt", "{}");
      expect(answer.status).toBe(500);
      expect(answer.text).not.toContain("not in the contract");
    }));

  it("does not take an answer that is outside its contract", () =>
    withKeyholder(async (machine) => {
      const narrower = { ...contract, double: { ...contract.double, response: z.strictObject({ doubled: z.int() }) } };
      const client = connectZone(narrower, { zone: await machine.zone("api"), to: "keyholder" });
      await expect(client.double({ number: 1 })).rejects.toBeInstanceOf(InvariantError);
      await client.close();
    }));

  it.each([
    ["broken JSON", "{", 400],
    ["a wrong type", '{"number":"1"}', 400],
    ["an extra field", '{"number":1,"more":1}', 400],
    ["a body above the limit", JSON.stringify({ number: 1, pad: "x".repeat(2_000) }), 400],
    ["bytes that are not UTF-8", Buffer.from([0x22, 0xff, 0x22]), 400],
  ])("answers %s with a clear refusal", (_what, body, status) =>
    withKeyholder(async (machine) => {
      const answer = await postRaw(await machine.zone("api"), "/double", body);
      expect(answer.status).toBe(status);
      expect(JSON.parse(answer.text)).toMatchObject({ type: expect.stringMatching(/^urn:afterkeep:error:/) });
    }),
  );

  it("knows no other paths and no other verbs", () =>
    withKeyholder(async (machine) => {
      const api = await machine.zone("api");
      expect((await postRaw(api, "/constructor", "{}")).status).toBe(404);
      expect((await postRaw(api, "/double", "", "GET")).status).toBe(404);
    }));

  it("refuses a peer without a certificate", () =>
    withKeyholder(async (_machine, keyholder) => {
      const outcome = await new Promise<string>((resolve) => {
        const socket = connect({ path: keyholder.socketPath("keyholder"), rejectUnauthorized: false });
        socket.on("error", (error) => resolve(String(error)));
        socket.on("data", () => resolve("answered"));
        socket.on("close", () => resolve("closed"));
        socket.write("POST /health HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}");
      });
      expect(outcome).toMatch(/certificate required|closed/);
    }));

  it("refuses a certificate of another authority", () =>
    withKeyholder(async (machine) => {
      const foreign = await issueIdentity(await createAuthority(), "api");
      const api = await machine.zone("api");
      const identity = { ...foreign, authorityPem: api.identity.authorityPem };
      await expect(postRaw({ ...api, identity }, "/health", "{}")).rejects.toThrow();
    }));

  it("refuses TLS below 1.3", () =>
    withKeyholder(async (machine, keyholder) => {
      const api = await machine.zone("api");
      const outcome = await new Promise<string>((resolve) => {
        const socket = connect(
          {
            path: keyholder.socketPath("keyholder"),
            maxVersion: "TLSv1.2",
            key: api.identity.privateKeyPem,
            cert: api.identity.certificatePem,
            rejectUnauthorized: false,
          },
          () => resolve("connected"),
        );
        socket.on("error", (error) => resolve(String(error)));
      });
      expect(outcome).toMatch(/protocol version/);
    }));

  it("does not believe another zone that listens in the callee's place", () =>
    withMachine(async (machine) => {
      const impostor = await machine.zone("clock", { socketPath: (await machine.zone("api")).socketPath });
      const server = await serveZone(contract, {
        zone: { ...impostor, socketPath: () => impostor.socketPath("keyholder") },
        handlers: { double: () => ({ doubled: 0, caller: "" }), refuse: () => ({}), blurt: () => ({ shown: "" }) },
      });
      const client = await callAs(machine, "api");
      const thrown = await client.double({ number: 1 }).catch((error: unknown) => error);
      expect(thrown).toBeInstanceOf(DependencyError);
      await client.close();
      await server.close();
    }));

  it("says that a zone is unavailable when nobody listens", () =>
    withMachine(async (machine) => {
      const client = await callAs(machine, "api");
      await expect(client.double({ number: 1 })).rejects.toMatchObject({ code: "zone-unavailable" });
      await client.close();
    }));
});
