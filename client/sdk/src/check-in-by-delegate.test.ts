import { generateSigningKey } from "@afterkeep/crypto";
import { describe, expect, it } from "vitest";
import { createAfterkeep } from "./afterkeep.ts";
import { type DelegateKey, delegateStore, readDelegateKey, writeDelegateKey } from "./delegate-key.ts";
import { NotReceiptedError, ProblemError, RefusedError, UnavailableError } from "./errors.ts";
import { aScriptedServer, newHash, type ScriptedServer } from "./testing/a-scripted-server.ts";

/** A job with its file, over a server that may lie. */
async function aJob() {
  const server = await aScriptedServer();
  let file = writeDelegateKey(server.key);
  const checkIn = async () => {
    const store = delegateStore(readDelegateKey(file), async (key) => void (file = writeDelegateKey(key)));
    const now = () => 1_700_000_000_000;
    const device = { serverUrl: server.key.server, channel: "bearer" as const, store, fetch: server.fetch, now };
    return createAfterkeep(device).checkInByDelegate();
  };
  return { server, checkIn, kept: () => readDelegateKey(file) };
}
type Job = Awaited<ReturnType<typeof aJob>>;

async function expectNotCounted(
  { checkIn, kept }: Job,
  kind: abstract new (...args: never[]) => Error = NotReceiptedError,
): Promise<void> {
  const before = kept();
  const error: unknown = await checkIn().then(
    () => "it was believed",
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(kind);
  expect((error as Error).message).toMatch(/^This check-in did NOT count\./);
  expect(kept()).toEqual(before);
}

/** Each changes one thing of an honest receipt. */
const receipts: [string, (server: ScriptedServer) => void][] = [
  ["none", (server) => void (server.receipt = () => "")],
  ["that is no receipt", (server) => void (server.receipt = () => "a.b.c")],
  ["of another keyholder", (server) => sayLater(server, () => (server.keyholder = generateSigningKey()))],
  ["for another statement", (server) => change(server, { statement: newHash() })],
  ["for another request", (server) => change(server, { nonce: newHash() })],
  ["of a demonstration", (server) => change(server, { mode: "demo" })],
  ["with another next key", (server) => change(server, { nextKey: newHash() })],
  ["as old as what was seen", (server) => change(server, { counter: server.key.seen.counter })],
  ["of an earlier epoch", (server) => change(server, { epoch: 0, counter: 99 })],
  ["behind the head that was seen", (server) => change(server, { head: { seq: 3, id: newHash() } })],
  ["with another head", (server) => change(server, { head: { seq: 4, id: newHash() } })],
  ["that nothing counted", (server) => void (server.changeReceipt = ({ weak: _weak, ...silent }) => silent)],
];

function change(server: ScriptedServer, changes: object): void {
  server.changeReceipt = (honest) => ({ ...honest, ...changes });
}

/** After the challenge was given by the right one. */
function sayLater(server: ScriptedServer, act: () => void): void {
  server.changeReceipt = (honest) => {
    act();
    return honest;
  };
}

describe("a job's check-in", () => {
  it("counts, says for what and until when, and remembers how far it has seen the keyholder count", async () => {
    const job = await aJob();
    const { at, countedFor, rows } = await job.checkIn();
    expect(countedFor).toEqual([{ b: rows[0]?.b, title: "", untilMs: at + 60 * 86_400_000 }]);
    expect(job.kept()).toEqual({ ...job.server.key, seen: { epoch: 1, counter: 11 }, receipt: job.server.last });
    await job.checkIn();
    expect(job.kept().seen.counter).toBe(12);
  });

  it("shows its newest receipt with each request for a challenge, which tells a keyholder that was put back", async () => {
    const job = await aJob();
    await job.checkIn();
    const { last } = job.server;
    job.server.receipt = () => "a.b.c";
    await expectNotCounted(job);
    await expectNotCounted(job);
    expect(job.server.shown).toEqual(["", last, last]);
  });

  it("asks for nothing that needs a session", async () => {
    const job = await aJob();
    await job.checkIn();
    const own = ["/v1/server", "/v1/checkins/delegated/challenges", "/v1/checkins/delegated"];
    expect(job.server.called).toEqual(own);
  });

  it.each(receipts)("did NOT count with a receipt %s", async (_name, lie) => {
    const job = await aJob();
    lie(job.server);
    await expectNotCounted(job);
  });

  it("did NOT count with the receipt of an earlier check-in", async () => {
    const job = await aJob();
    await job.checkIn();
    const { last } = job.server;
    job.server.receipt = () => last;
    await expectNotCounted(job);
  });

  it("sends nothing signed to another keyholder, nor over a challenge that is another's, old or for something else", async () => {
    const lies: ((server: ScriptedServer) => void)[] = [
      (server) => void (server.keyholder = generateSigningKey()),
      (server) => void (server.changeChallenge = (honest) => ({ ...honest, purpose: "stricter" })),
      (server) => void (server.changeChallenge = (honest) => ({ ...honest, expires: 1 })),
      (server) => void (server.changeChallenge = (honest) => ({ ...honest, aud: newHash() })),
      (server) => void (server.changeChallenge = (honest) => ({ ...honest, account: newHash().slice(0, 21) + "A" })),
    ];
    for (const lie of lies) {
      const job = await aJob();
      lie(job.server);
      await expectNotCounted(job, RefusedError);
      expect(job.server.called).not.toContain("/v1/checkins/delegated");
    }
  });

  it("did NOT count where the server refuses it or is away, and says so first", async () => {
    const job = await aJob();
    const words = { title: "no", detail: "No bequest accepts it.", next: "", requestId: "1" };
    const problem = { type: "urn:afterkeep:error:sign-not-accepted", status: 403, code: "sign-not-accepted", ...words };
    job.server.answer = () => new Response(JSON.stringify(problem), { status: 403 });
    await expectNotCounted(job, ProblemError);
    job.server.answer = () => {
      throw new TypeError("connection refused");
    };
    await expectNotCounted(job, UnavailableError);
  });

  it("takes the head of a restored keyholder, whose epoch is higher, and goes on from there", async () => {
    const job = await aJob();
    const head = { seq: 2, id: newHash() };
    change(job.server, { epoch: 2, counter: 1, head });
    expect((await job.checkIn()).counted).toBe(true);
    expect(job.kept()).toMatchObject({ head, seen: { epoch: 2, counter: 1 } });
    change(job.server, { epoch: 2, counter: 2, head });
    await job.checkIn();
    change(job.server, { epoch: 2, counter: 3, head: { seq: 1, id: newHash() } });
    await expectNotCounted(job);
  });
});

describe("a key's file", () => {
  it("is read as it was written, and nothing else is taken for one", async () => {
    const { key } = await aScriptedServer();
    expect(readDelegateKey(writeDelegateKey(key))).toEqual(key);
    const wrong: unknown[] = [
      { ...key, v: 2 },
      { ...key, seed: "x" },
      { ...key, more: 1 },
      { ...key, account: "" },
      {},
    ];
    const { receipt: _lacking, ...ofBefore } = key;
    expect(readDelegateKey(JSON.stringify(ofBefore))).toEqual(key);
    for (const one of wrong) expect(() => readDelegateKey(JSON.stringify(one))).toThrow(RefusedError);
    for (const text of ["", "AGE-SECRET-KEY-1", "{", "null"]) expect(() => readDelegateKey(text)).toThrow(RefusedError);
  });

  it("is what the device remembers, and no secret but its own can be put into it", async () => {
    const { key } = await aScriptedServer();
    const saved: DelegateKey[] = [];
    const store = delegateStore(key, async (next) => void saved.push(next));
    const profile = await store.load();
    if (profile === null) throw new Error("no profile");
    await store.save({ ...profile, email: "ada@example.org", seen: { epoch: 3, counter: 1 }, lastReceipt: "a.b.c" });
    expect(saved).toEqual([{ ...key, seen: { epoch: 3, counter: 1 }, receipt: "a.b.c" }]);
    await expect(store.saveSecrets({ ...((await store.loadSecrets()) ?? expect.fail()) })).rejects.toThrow();
  });
});
