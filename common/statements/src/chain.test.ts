import { encodeBase64url } from "@afterkeep/bytes";
import { describe, expect, it } from "vitest";
import { isDisarmed, latestPin, latestPolicy, newestManifest } from "./account-view.ts";
import type { StatementBody, StatementKind } from "./bodies.ts";
import { extendChain, verifyChain } from "./chain.ts";
import { signedStatement } from "./sign.ts";
import { switchPolicyOf } from "./switch-policy.ts";
import {
  account,
  anArmedAccount,
  aNewAccount,
  aSigner,
  bequest,
  device,
  disarmBody,
  following,
  genesisBody,
  hashOf,
  idOf,
  keyholder,
  manifestBody,
  owner,
  pinBody,
  policyBody,
  policyRecipient,
  recipientOf,
  revocation,
  type Signer,
  trust,
  unsafeSignedForTestsOnly,
  withStatement,
} from "./testing/an-account.ts";

const armed = await anArmedAccount();
const { view, statements } = armed;
const [genesis = "", pin = "", firstManifest = "", policy = "", secondManifest = ""] = statements;
const refusal = (code: string) => expect.objectContaining({ name: "StatementError", code });

/** Refused with `code` as the next statement, though its signature is right. */
function expectRefused<K extends StatementKind>(
  kind: K,
  body: StatementBody<K>,
  code: string,
  signer: Signer = owner,
): void {
  expect(() => extendChain(view, unsafeSignedForTestsOnly(kind, body, signer), trust)).toThrow(refusal(code));
}

describe("an account's chain", () => {
  it("folds to what the owner said", () => {
    const folded = verifyChain(statements, { ...trust, trustedOwnerThumb: owner.thumb });
    expect(folded).toEqual(view);
    expect(folded).toMatchObject({ account, ownerKey: owner.publicText, head: { seq: 4 }, disarms: [] });
    expect([...folded.devices]).toEqual([[device.thumb, device.publicText]]);
    expect(latestPin(folded, idOf("anna"))?.body.ageKey).toBe(recipientOf("anna"));
    expect(newestManifest(folded, bequest, 1)?.mseq).toBe(2);
    expect(latestPolicy(folded, bequest)?.body.g).toBe(1);
  });
  it("leaves a view as it was when it is extended", async () => {
    const before = view.head;
    await withStatement(armed, "manifest", (now) => manifestBody(now, 3));
    expect(view.head).toBe(before);
    expect(newestManifest(view, bequest, 1)?.mseq).toBe(2);
  });
  it("gives the switch its policy with the pinned keys", () => {
    const id = latestPolicy(view, bequest)?.id ?? "";
    expect(switchPolicyOf(view, id)).toMatchObject({
      id,
      g: 1,
      recipients: [{ r: idOf("anna"), key: recipientOf("anna") }],
    });
    expect(() => switchPolicyOf(view, hashOf("unknown"))).toThrow(refusal("policy-unknown"));
  });
  it("adds devices and never drops one", async () => {
    const phone = aSigner("phone");
    const body = (now: typeof view) => ({ ...genesisBody(), ...following(now), devices: [{ key: phone.publicText }] });
    const { view: more } = await withStatement(armed, "key", body);
    expect([...more.devices.keys()]).toEqual([device.thumb, phone.thumb]);
  });
});

describe("a chain on its way to another reader", () => {
  it.each([
    ["empty", [], "genesis"],
    ["without its genesis", [pin, policy], "genesis"],
    ["with a statement dropped", [genesis, pin, policy, secondManifest], "chain-gap"],
    ["with two statements swapped", [genesis, firstManifest, pin, policy], "chain-gap"],
    ["with a statement replayed", [...statements, secondManifest], "duplicate"],
    ["with the genesis replayed", [...statements, genesis], "duplicate"],
  ])("is refused %s", (_name, list, code) => {
    expect(() => verifyChain(list, trust)).toThrow(refusal(code));
  });
  it("is accepted when only its end is withheld: receipts show that", () => {
    expect(verifyChain(statements.slice(0, 2), trust).head.seq).toBe(1);
  });
  it("is refused when it forks", async () => {
    const fork = await signedStatement(
      "manifest",
      { ...manifestBody(view, 9), seq: 4, prev: view.ids[3] ?? "" },
      owner,
    );
    expect(() => extendChain(view, fork.jws, trust)).toThrow(refusal("chain-conflict"));
    const other = await signedStatement("manifest", { ...manifestBody(view, 9), prev: hashOf("another head") }, owner);
    expect(() => extendChain(view, other.jws, trust)).toThrow(refusal("chain-conflict"));
  });
  it("is refused for another account, keyholder or owner", () => {
    expect(() => verifyChain(statements, { ...trust, account: idOf("other") })).toThrow(refusal("account"));
    expect(() => verifyChain(statements, { ...trust, keyholder: hashOf("other") })).toThrow(refusal("audience"));
    expect(() => verifyChain(statements, { ...trust, trustedOwnerThumb: device.thumb })).toThrow(
      refusal("owner-untrusted"),
    );
    expect(() => verifyChain([genesis], { ...trust, trustedOwnerThumb: device.thumb })).toThrow(
      refusal("owner-untrusted"),
    );
    expect(() => extendChain(view, pin, { ...trust, trustedOwnerThumb: device.thumb })).toThrow(
      refusal("owner-untrusted"),
    );
  });
  it("is refused with a check-in or a receipt in it", async () => {
    const foreign = unsafeSignedForTestsOnly(
      "imported",
      {
        account,
        b: bequest,
        g: 1,
        r: idOf("anna"),
        deposit: hashOf("d"),
        shareCommit: hashOf("s"),
        outerHash: hashOf("o"),
        pathHash: hashOf("p"),
      },
      owner,
    );
    expect(() => extendChain(view, foreign, trust)).toThrow(refusal("kind"));
  });
});

describe("who may sign", () => {
  const body = pinBody(view, "ben");
  it.each([
    ["a device", device],
    ["the revocation key", revocation],
    ["the keyholder", keyholder],
    ["a stranger", aSigner("eve")],
  ])("not %s", (_name, signer) => expectRefused("pin", body, "signature", signer));
  it("not a device for a policy, a manifest, a disarm or another device", () => {
    expectRefused("policy", policyBody(view), "signature", device);
    expectRefused("manifest", manifestBody(view, 3), "signature", device);
    expectRefused("disarm", disarmBody(latestPolicy(view, bequest)?.id ?? ""), "signature", revocation);
    expectRefused("key", { ...genesisBody(), ...following(view) }, "signature", device);
  });
  it("not another key than the one the genesis names", () => {
    expect(() => extendChain(null, unsafeSignedForTestsOnly("key", genesisBody(), device), trust)).toThrow(
      refusal("signature"),
    );
  });
  it("not a key of small order, for itself or as a device", () => {
    const small = encodeBase64url(Uint8Array.of(1, ...new Uint8Array(31)));
    const withSmall = unsafeSignedForTestsOnly("key", genesisBody({ devices: [{ key: small }] }), owner);
    expect(() => extendChain(null, withSmall, trust)).toThrow(refusal("unsafe-key"));
  });
});

describe("what may follow", () => {
  it("not a statement of another account or for another keyholder", () => {
    expectRefused("pin", pinBody(view, "ben", { account: idOf("other") }), "account");
    expectRefused("pin", pinBody(view, "ben", { aud: hashOf("other") }), "audience");
    expectRefused("disarm", disarmBody(latestPolicy(view, bequest)?.id ?? "", { aud: hashOf("other") }), "audience");
  });
  it.each([
    ["owner key", { ownerKey: device.publicText, devices: [] }],
    ["revocation key", { revocationKey: aSigner("new").publicText }],
    ["identity", { identity: recipientOf("new") }],
    ["epoch", { epoch: 1 }],
  ])("not another %s", (_name, change) => {
    expectRefused("key", { ...genesisBody(), ...following(view), ...change }, "key-changed");
  });
  it("not more devices in one statement than may check in at once", () => {
    const devices = Array.from({ length: 65 }, (_, i) => ({ key: aSigner(`device ${i}`).publicText }));
    expectRefused("key", { ...genesisBody(), ...following(view), devices }, "body");
  });
  it("not an old manifest", () => {
    expectRefused("manifest", manifestBody(view, 2), "mseq");
    expectRefused("manifest", manifestBody(view, 1), "mseq");
  });
  it("a manifest of another generation, which counts for itself", async () => {
    const { view: next } = await withStatement(armed, "manifest", (now) => manifestBody(now, 1, { g: 2 }));
    expect(newestManifest(next, bequest, 1)?.mseq).toBe(2);
    expect(newestManifest(next, bequest, 2)?.mseq).toBe(1);
  });
});

describe("a policy", async () => {
  const withBen = await withStatement(armed, "pin", (now) => pinBody(now, "ben"));
  const anna = policyRecipient(view, "anna");
  const next = (changes: Partial<StatementBody<"policy">>) => policyBody(view, changes);

  it("names only pins of the chain, of that very person", () => {
    expectRefused("policy", next({ recipients: [{ ...anna, pin: hashOf("no pin") }] }), "pin-unknown");
    expectRefused("policy", next({ recipients: [{ ...anna, r: idOf("eve") }] }), "pin-unknown");
    expectRefused(
      "policy",
      next({ recipients: [{ ...anna, pin: latestPolicy(view, bequest)?.id ?? "" }] }),
      "pin-unknown",
    );
  });
  it("names the newest pin of a person", async () => {
    const repinned = await withStatement(armed, "pin", (now) => pinBody(now, "anna", { verified: "qr" }));
    const stale = { ...policyBody(repinned.view), recipients: [anna] };
    expect(() => extendChain(repinned.view, unsafeSignedForTestsOnly("policy", stale, owner), trust)).toThrow(
      refusal("pin-superseded"),
    );
  });
  it("says of a key what its pin says", () => {
    expectRefused("policy", next({ recipients: [{ ...anna, verified: "qr" }] }), "verified-differs");
  });
  it("takes an unverified key only if it says so", async () => {
    const loose = await withStatement(armed, "pin", (now) => pinBody(now, "anna", { verified: "none" }));
    const { view: accepted } = await withStatement(loose, "policy", (now) =>
      policyBody(now, { acceptUnverified: true }),
    );
    expect(latestPolicy(accepted, bequest)?.body.acceptUnverified).toBe(true);
    const silent = unsafeSignedForTestsOnly("policy", policyBody(loose.view), owner);
    expect(() => extendChain(loose.view, silent, trust)).toThrow(refusal("unverified"));
  });
  it("may add a person to its generation, with parts of their own", async () => {
    const { view: two } = await withStatement(withBen, "policy", (now) => policyBody(now, {}, ["anna", "ben"]));
    expect(latestPolicy(two, bequest)?.body.recipients).toHaveLength(2);
    const shared = { ...policyRecipient(withBen.view, "ben"), shareCommit: anna.shareCommit };
    const reused = unsafeSignedForTestsOnly("policy", policyBody(withBen.view, { recipients: [shared] }), owner);
    expect(() => extendChain(withBen.view, reused, trust)).toThrow(refusal("generation"));
  });
  it("needs a new generation to leave somebody out or change a key or a part", async () => {
    const ben = policyRecipient(withBen.view, "ben");
    const without = unsafeSignedForTestsOnly("policy", policyBody(withBen.view, { recipients: [ben] }), owner);
    expect(() => extendChain(withBen.view, without, trust)).toThrow(refusal("generation"));
    expectRefused("policy", next({ recipients: [{ ...anna, outerHash: hashOf("other") }] }), "generation");
    expectRefused("policy", next({ bi: recipientOf("other bi") }), "generation");
    const rekeyed = await withStatement(armed, "pin", (now) =>
      pinBody(now, "anna", { ageKey: recipientOf("new anna") }),
    );
    const sameParts = unsafeSignedForTestsOnly("policy", policyBody(rekeyed.view), owner);
    expect(() => extendChain(rekeyed.view, sameParts, trust)).toThrow(refusal("generation"));
    const { view: second } = await withStatement(rekeyed, "policy", (now) => policyBody(now, { g: 2 }));
    expect(latestPolicy(second, bequest)?.body.g).toBe(2);
    const back = unsafeSignedForTestsOnly("policy", policyBody(second, { g: 1 }), owner);
    expect(() => extendChain(second, back, trust)).toThrow("older than the last one");
  });
  it("brings everything new with a new generation or bequest", () => {
    const fresh = { ...policyRecipient(view, "anna", 2) };
    expectRefused("policy", next({ g: 2, bi: recipientOf("bi 1") }), "generation-reused");
    expectRefused(
      "policy",
      next({ g: 2, recipients: [{ ...fresh, shareCommit: anna.shareCommit }] }),
      "generation-reused",
    );
    expectRefused("policy", next({ b: idOf("another bequest"), bi: recipientOf("bi x") }), "generation-reused");
    const swapped = { ...fresh, paths: [{ path: 1 as const, mask: 1 as const, pathHash: anna.outerHash }] };
    expectRefused("policy", next({ g: 2, recipients: [swapped] }), "generation-reused");
  });
});

describe("a disarm", async () => {
  const policyHash = latestPolicy(view, bequest)?.id ?? "";
  const disarmed = await withStatement(armed, "disarm", () => disarmBody(policyHash));

  it("ends the policy it names and leaves the chain's head", () => {
    expect(isDisarmed(disarmed.view, bequest)).toBe(true);
    expect(disarmed.view.head).toEqual(view.head);
  });
  it("is void once a new policy is there", async () => {
    const { view: again } = await withStatement(disarmed, "policy", (now) => policyBody(now));
    expect(isDisarmed(again, bequest)).toBe(false);
  });
  it("does not lose against a policy that another device signed meanwhile", async () => {
    const changed = await withStatement(armed, "policy", (now) => policyBody(now, { weakMax: 0 }));
    const late = await withStatement(changed, "disarm", () => disarmBody(policyHash));
    expect(isDisarmed(late.view, bequest)).toBe(true);
  });
  it("of the whole account ends every policy", async () => {
    const { view: all } = await withStatement(armed, "disarm", () => disarmBody("", { scope: "account", b: "" }));
    const ofLost = await withStatement(armed, "disarm", () => disarmBody(hashOf("a policy that a restore lost")));
    expect(isDisarmed(ofLost.view, bequest)).toBe(true);
    expect(ofLost.view.disarms[0]?.acts).toEqual([policyHash, hashOf("a policy that a restore lost")]);
    expect(isDisarmed(all, bequest)).toBe(true);
  });
  it("is refused twice, and for policies nobody knows", async () => {
    const { jws } = await signedStatement("disarm", disarmBody(policyHash), owner);
    expect(() => extendChain(disarmed.view, jws, trust)).toThrow(refusal("duplicate"));
    expectRefused("disarm", disarmBody(policyHash, { b: idOf("another bequest") }), "policy-unknown");
  });
  it("cannot come before the genesis", async () => {
    const { jws } = await signedStatement("disarm", disarmBody(policyHash), owner);
    expect(() => extendChain(null, jws, trust)).toThrow(refusal("genesis"));
    expect((await aNewAccount()).view.disarms).toEqual([]);
  });
});
