import { decodeBase64url, encodeBase64url, encodeUtf8 } from "@afterkeep/bytes";
import { sign, thumb } from "@afterkeep/crypto";
import { signStatement } from "@afterkeep/formats";
import { describe, expect, it } from "vitest";
import { openStatement, statementIdOf, statementKindOf } from "./open.ts";
import { signedStatement } from "./sign.ts";
import {
  anArmedAccount,
  aNewAccount,
  device,
  disarmBody,
  genesisBody,
  hashOf,
  manifestBody,
  owner,
  pinBody,
  policyBody,
  policyRecipient,
  unsafeSignedForTestsOnly,
} from "./testing/an-account.ts";

const { view } = await anArmedAccount();
const pin = pinBody(view, "ben");
const signed = await signedStatement("pin", pin, owner);
const [header = "", payload = "", signature = ""] = signed.jws.split(".");
const open = (jws: string) => openStatement("pin", jws, owner.publicKey);
const refusal = (code: string) => expect.objectContaining({ name: "StatementError", code });
const reheaded = (text: string) => `${encodeBase64url(encodeUtf8(text))}.${payload}.${signature}`;

/** A correctly signed statement whose payload is these very characters. */
function rawlySigned(json: string): string {
  const input = `${header}.${encodeBase64url(encodeUtf8(json))}`;
  return `${input}.${encodeBase64url(sign(encodeUtf8(input), owner.key))}`;
}
const json = new TextDecoder().decode(decodeBase64url(payload));

describe("a signed statement", () => {
  it("opens to what was signed, with its id and key", () => {
    expect(open(signed.jws)).toEqual(signed);
    expect(signed).toMatchObject({ kid: thumb(owner.publicKey), body: pin });
    expect(statementIdOf(signed.jws)).toBe(signed.id);
    expect(statementKindOf(signed.jws)).toBe("pin");
  });
  it("keeps its id whatever the signature: the id names the content", async () => {
    const other = unsafeSignedForTestsOnly("pin", pin, owner);
    expect(open(other).id).toBe(signed.id);
  });
  it("can be signed by a key that only signs asynchronously", async () => {
    const asynchronous = { publicKey: owner.publicKey, sign: async (message: Uint8Array) => owner.sign(message) };
    expect((await signedStatement("pin", pin, asynchronous)).jws).toBe(signed.jws);
  });
  it("asks the resolver for the key and refuses one that is not known", () => {
    expect(openStatement("pin", signed.jws, (kid) => (kid === owner.thumb ? owner.publicKey : null)).id).toBe(
      signed.id,
    );
    expect(() => openStatement("pin", signed.jws, () => null)).toThrow(refusal("signature"));
  });
});

describe("opening refuses", () => {
  it.each([
    ["another signature", `${header}.${payload}.${encodeBase64url(new Uint8Array(64))}`, "signature"],
    ["no signature", `${header}.${payload}.`, "malformed"],
    ["a fourth part", `${signed.jws}.AA`, "malformed"],
    ["padding", `${signed.jws}=`, "malformed"],
    ["nothing", "", "malformed"],
    ["another algorithm's name", reheaded(`{"alg":"EdDSA","kid":"${owner.thumb}","typ":"ak1-pin+jws"}`), "malformed"],
    ["no algorithm", reheaded(`{"alg":"none","kid":"${owner.thumb}","typ":"ak1-pin+jws"}`), "malformed"],
    [
      "one header field more",
      reheaded(`{"alg":"Ed25519","crit":["b64"],"kid":"${owner.thumb}","typ":"ak1-pin+jws"}`),
      "malformed",
    ],
    [
      "another order in the header",
      reheaded(`{"kid":"${owner.thumb}","alg":"Ed25519","typ":"ak1-pin+jws"}`),
      "malformed",
    ],
    ["another key's name", reheaded(`{"alg":"Ed25519","kid":"${device.thumb}","typ":"ak1-pin+jws"}`), "signature"],
    [
      "a kind that does not exist",
      reheaded(`{"alg":"Ed25519","kid":"${owner.thumb}","typ":"ak1-toString+jws"}`),
      "malformed",
    ],
    ["an unknown kind", reheaded(`{"alg":"Ed25519","kid":"${owner.thumb}","typ":"ak1-pause+jws"}`), "kind"],
    ["a space", rawlySigned(json.replace("{", "{ ")), "malformed"],
    ["an unknown field", rawlySigned(json.replace("{", '{"aa":1,')), "body"],
    ["a missing field", rawlySigned(json.replace(/"signingKey":"",/, "")), "body"],
    ["a field twice", rawlySigned(json.replace("{", '{"account":"x",')), "malformed"],
    ["null", rawlySigned(json.replace('"signingKey":""', '"signingKey":null')), "malformed"],
    ["a negative number", rawlySigned(json.replace(/"seq":\d+/, '"seq":-1')), "malformed"],
    ["a number as text", rawlySigned(json.replace(/"seq":(\d+)/, '"seq":"$1"')), "body"],
    [
      "a signing key, which this version does not have",
      rawlySigned(json.replace('"signingKey":""', '"signingKey":"x"')),
      "body",
    ],
  ])("%s", (_name, jws, code) => {
    expect(() => open(jws)).toThrow(refusal(code));
  });
  it("the same body under another kind", () => {
    const disguised = unsafeSignedForTestsOnly("pin", pin, owner, "manifest");
    expect(() => open(disguised)).toThrow(refusal("kind"));
    expect(() => openStatement("manifest", disguised, owner.publicKey)).toThrow(refusal("body"));
  });
  it("what is larger than its kind allows", () => {
    expect(() => openStatement("checkin", "a".repeat(8193), owner.publicKey)).toThrow(refusal("too-large"));
  });
  it("what another key signed", () => {
    expect(() => openStatement("pin", signed.jws, device.publicKey)).toThrow(refusal("signature"));
    const disguised = signStatement("pin", { ...pin }, device.key).split(".");
    expect(() => open(`${header}.${payload}.${disguised[2]}`)).toThrow(refusal("signature"));
  });
});

describe("fields that do not fit together are refused before signing and when opening", async () => {
  const { view: fresh } = await aNewAccount();
  const policy = policyBody(view);
  const twice = { ...policyRecipient(view, "anna"), r: pin.r };
  const cases = [
    ["key", genesisBody({ devices: [{ key: owner.publicText }] }), "unsafe-key"],
    ["key", genesisBody({ prev: hashOf("x") }), "genesis"],
    ["policy", policyBody(view, { g: 0 }), "generation"],
    ["policy", policyBody(view, { b: "A".repeat(22) }), "generation"],
    ["policy", policyBody(view, { classes: ["token"] }), "unsupported"],
    ["policy", policyBody(view, { classes: ["signed", "signed"] }), "unsupported"],
    ["policy", policyBody(view, { keyholders: [hashOf("other")] }), "audience"],
    ["policy", policyBody(view, { times: { ...policy.times, grace: 1 } }), "times"],
    ["policy", policyBody(view, { weakMax: 61 * 86_400_000 }), "times"],
    [
      "policy",
      policyBody(view, { recipients: [{ ...policyRecipient(view, "anna"), verified: "none" }] }),
      "unverified",
    ],
    [
      "policy",
      policyBody(view, { recipients: [policyRecipient(view, "anna"), policyRecipient(view, "anna")] }),
      "unsupported",
    ],
    ["policy", policyBody(view, { recipients: [policyRecipient(view, "anna"), twice] }), "generation-reused"],
    ["manifest", manifestBody(view, 3, { g: 0 }), "generation"],
    ["manifest", manifestBody(view, 3, { b: "A".repeat(22) }), "generation"],
    ["manifest", manifestBody(fresh, 1, { seq: 0 }), "genesis"],
    ["disarm", disarmBody(hashOf("p"), { scope: "account" }), "unsupported"],
    ["disarm", disarmBody("", { b: "" }), "unsupported"],
    ["disarm", disarmBody(""), "unsupported"],
    ["refuse", disarmBody(hashOf("p"), { scope: "account" }), "unsupported"],
    ["refuse", disarmBody("", { b: "" }), "unsupported"],
    ["refuse", disarmBody(""), "unsupported"],
  ] as const;

  it.each(cases)("%s %#", async (kind, body, code) => {
    await expect(signedStatement(kind, body, owner)).rejects.toEqual(refusal(code));
    expect(() => openStatement(kind, unsafeSignedForTestsOnly(kind, body, owner), owner.publicKey)).toThrow(
      refusal(code),
    );
  });
  it("features that this version does not have", async () => {
    for (const field of ["guardians", "requests", "alternates", "secondDoor"])
      await expect(signedStatement("policy", Object.assign({ ...policy }, { [field]: ["x"] }), owner)).rejects.toEqual(
        refusal("body"),
      );
    for (const change of [{ timelock: "x" }, { k: 2 }, { acceptNoGuardians: false }])
      await expect(signedStatement("policy", Object.assign({ ...policy }, change), owner)).rejects.toEqual(
        refusal("body"),
      );
  });
});
