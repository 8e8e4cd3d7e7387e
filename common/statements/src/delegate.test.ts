import { encodeBase64url } from "@afterkeep/bytes";
import { describe, expect, it } from "vitest";
import type { StatementBody } from "./bodies.ts";
import { extendChain, verifyChain } from "./chain.ts";
import { verifyCheckIn } from "./check-in.ts";
import { signedStatement } from "./sign.ts";
import {
  account,
  type Account,
  anArmedAccount,
  aSigner,
  device,
  following,
  genesisBody,
  hashOf,
  idOf,
  keyholder,
  owner,
  revocation,
  type Signer,
  trust,
  unsafeSignedForTestsOnly,
  withStatement,
} from "./testing/an-account.ts";

const armed = await anArmedAccount();
const job = aSigner("job");
const refusal = (code: string) => expect.objectContaining({ name: "StatementError", code });
const withDelegate = (before: Account, one: Signer) =>
  withStatement(before, "delegate", (view) => ({ ...following(view), key: one.publicText }));
const withDevice = (before: Account, one: Signer) =>
  withStatement(before, "key", (view) => ({
    ...genesisBody(),
    ...following(view),
    devices: [{ key: one.publicText }],
  }));
const revokeBody = (one: Signer): StatementBody<"revoke-device"> => {
  const { aud, challenge, iat } = following(null, `revoke ${one.thumb}`);
  return { aud, account, challenge, iat, deviceKey: one.publicText };
};
const withRevoked = (before: Account, one: Signer) => withStatement(before, "revoke-device", () => revokeBody(one));
const delegated = await withDelegate(armed, job);

function checkIn(by: Signer, changes: Partial<StatementBody<"checkin">> = {}): string {
  const body = {
    aud: keyholder.thumb,
    account,
    deviceKey: by.publicText,
    challenge: hashOf("challenge"),
    nonce: hashOf("nonce"),
    seenHead: armed.view.head,
    seenCheckpoint: "",
    answers: [],
    blob: "AAAA",
    iat: 0,
  };
  return unsafeSignedForTestsOnly("checkin", { ...body, ...changes }, by);
}

describe("a delegate", () => {
  it("is certified by the owner key, in the chain", () => {
    expect([...delegated.view.delegates]).toEqual([[job.thumb, job.publicText]]);
    expect([...delegated.view.devices.keys()]).toEqual([device.thumb]);
    expect(delegated.view.head.seq).toBe(armed.view.head.seq + 1);
    expect(verifyChain(delegated.statements, trust)).toEqual(delegated.view);
  });

  it.each([
    ["a device", device],
    ["itself", job],
    ["the revocation key", revocation],
    ["the keyholder", keyholder],
  ])("is certified by nobody else: not by %s", (_name, signer) => {
    const jws = unsafeSignedForTestsOnly("delegate", { ...following(armed.view), key: job.publicText }, signer);
    expect(() => extendChain(armed.view, jws, trust)).toThrow(refusal("signature"));
  });

  it("begins no chain, belongs to one account and keyholder, and has its place", () => {
    const refused = (changes: Partial<StatementBody<"delegate">>, code: string) => {
      const body = { ...following(armed.view), key: job.publicText, ...changes };
      const jws = unsafeSignedForTestsOnly("delegate", body, owner);
      expect(() => extendChain(armed.view, jws, trust), code).toThrow(refusal(code));
    };
    refused({ account: idOf("other") }, "account");
    refused({ aud: hashOf("other") }, "audience");
    refused({ seq: armed.view.head.seq }, "chain-conflict");
    refused({ seq: armed.view.head.seq + 2 }, "chain-gap");
    refused({ seq: 0 }, "genesis");
    const first = unsafeSignedForTestsOnly("delegate", { ...following(null), key: job.publicText }, owner);
    expect(() => extendChain(null, first, trust)).toThrow(refusal("genesis"));
  });

  it("has a safe key that is nobody else's", () => {
    const small = encodeBase64url(Uint8Array.of(1, ...new Uint8Array(31)));
    for (const key of [small, owner.publicText, revocation.publicText, device.publicText]) {
      const jws = unsafeSignedForTestsOnly("delegate", { ...following(armed.view), key }, owner);
      expect(() => extendChain(armed.view, jws, trust)).toThrow(refusal("unsafe-key"));
    }
  });

  it("is never a device too, in neither order, and never certified twice", async () => {
    await expect(withDevice(delegated, job)).rejects.toThrow(refusal("unsafe-key"));
    await expect(withDelegate(delegated, job)).rejects.toThrow(refusal("unsafe-key"));
    const phone = aSigner("phone");
    await expect(withDelegate(await withDevice(armed, phone), phone)).rejects.toThrow(refusal("unsafe-key"));
  });

  it("is revoked as a device is, for good, also as the other of the two", async () => {
    const revoked = await withRevoked(delegated, job);
    expect(revoked.view.delegates.size).toBe(0);
    expect(revoked.view.head).toEqual(delegated.view.head);
    await expect(withDelegate(revoked, job)).rejects.toThrow(refusal("device-revoked"));
    await expect(withDevice(revoked, job)).rejects.toThrow(refusal("device-revoked"));
    const phone = aSigner("phone");
    const lost = await withRevoked(await withDevice(armed, phone), phone);
    await expect(withDelegate(lost, phone)).rejects.toThrow(refusal("device-revoked"));
    // Before anything certified it: a restored keyholder may have lost the statement that did.
    await expect(withDelegate(await withRevoked(armed, job), job)).rejects.toThrow(refusal("device-revoked"));
  });

  it("leaves a chain that reads the same whether what stands beside it is folded in its place or last", async () => {
    const other = aSigner("other job");
    const whole = await withDelegate(await withRevoked(delegated, job), other);
    const beside = whole.statements.filter((jws) => !verifyChainless(jws));
    const chain = whole.statements.filter(verifyChainless);
    expect([...verifyChain([...chain, ...beside], trust).delegates]).toEqual([...whole.view.delegates]);
    expect([...whole.view.delegates.keys()]).toEqual([other.thumb]);
  });
});

const verifyChainless = (jws: string) => Buffer.from(jws.split(".")[1] ?? "", "base64url").includes('"seq":');

describe("a check-in's class", () => {
  it("follows from what certified its key", () => {
    expect(verifyCheckIn(checkIn(device), delegated.view).class).toBe("signed");
    expect(verifyCheckIn(checkIn(job), delegated.view).class).toBe("delegated");
  });

  it("is none for a key that is not certified, revoked, or another's", async () => {
    const { view } = await withRevoked(delegated, job);
    expect(() => verifyCheckIn(checkIn(job), view)).toThrow(refusal("device-unknown"));
    expect(() => verifyCheckIn(checkIn(job), armed.view)).toThrow(refusal("device-unknown"));
    expect(() => verifyCheckIn(checkIn(owner), delegated.view)).toThrow(refusal("device-unknown"));
    // Signed by the delegate, in a device's name, and the other way round.
    expect(() => verifyCheckIn(checkIn(job, { deviceKey: device.publicText }), delegated.view)).toThrow(
      refusal("signature"),
    );
    expect(() => verifyCheckIn(checkIn(device, { deviceKey: job.publicText }), delegated.view)).toThrow(
      refusal("signature"),
    );
  });

  it("is for the account and keyholder that the statement names", () => {
    const elsewhere = checkIn(job, { account: idOf("other") });
    expect(() => verifyCheckIn(elsewhere, delegated.view)).toThrow(refusal("account"));
    expect(() => verifyCheckIn(checkIn(job, { aud: hashOf("other") }), delegated.view)).toThrow(refusal("audience"));
  });

  it("lets no delegate answer what recipients ask", () => {
    const answers = [{ request: idOf("request"), answer: "leave" as const }];
    expect(verifyCheckIn(checkIn(device, { answers }), delegated.view).class).toBe("signed");
    expect(() => verifyCheckIn(checkIn(job, { answers }), delegated.view)).toThrow(refusal("unsupported"));
  });
});

describe("what a delegate signs beside", () => {
  it("counts for nothing", async () => {
    const fields = following(delegated.view);
    const { aud, challenge, iat } = following(null, "beside");
    const beside = { aud, account, challenge, iat, scope: "account" as const, b: "" as const, policyHash: "" as const };
    const forged = [
      unsafeSignedForTestsOnly("disarm", beside, job),
      unsafeSignedForTestsOnly("pause", { ...beside, forMs: 1 }, job),
      unsafeSignedForTestsOnly("refuse", beside, job),
      unsafeSignedForTestsOnly("revoke-device", revokeBody(device), job),
      unsafeSignedForTestsOnly("delegate", { ...fields, key: aSigner("another").publicText }, job),
      unsafeSignedForTestsOnly("key", { ...genesisBody(), ...fields, devices: [] }, job),
    ];
    for (const jws of forged) expect(() => extendChain(delegated.view, jws, trust)).toThrow(refusal("signature"));
    const { jws } = await signedStatement("disarm", beside, owner);
    expect(extendChain(delegated.view, jws, trust).disarms).toHaveLength(1);
  });
});
