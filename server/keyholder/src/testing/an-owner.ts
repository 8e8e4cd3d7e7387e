import { decodeBase64url, encodeBase64url, type Id, newId, randomBytes } from "@afterkeep/bytes";
import { generateSigningKey, sign, type SigningKey, thumb } from "@afterkeep/crypto";
import {
  type AgeIdentity,
  type AgeRecipient,
  ageSealSmall,
  generateIdentity,
  parseHybridRecipient,
  recipientOf,
} from "@afterkeep/formats";
import {
  type BesideKind,
  type ControlKind,
  type StatementBody,
  type StatementKind,
  openStatement,
  signedStatement,
  zeroHash,
} from "@afterkeep/statements";
import type { TestKeyholder } from "./a-keyholder.ts";

export type Person = { readonly r: Id; readonly identity: AgeIdentity; readonly ageKey: AgeRecipient };
type Submitted = ControlKind | BesideKind | "checkin";
/** The fields that every control statement begins with. */
export type ControlFields = Pick<StatementBody<"key">, "aud" | "account" | "challenge" | "seq" | "prev" | "iat">;
/** The rest is the test's, and so is what it changes in these. */
export type Fill<Kind extends StatementKind> = (fields: ControlFields) => StatementBody<Kind>;

const zones = { caller: "api", requestId: "test" } as const;

export async function aPerson(): Promise<Person> {
  const identity = await generateIdentity("hybrid");
  return { r: newId(Date.UTC(2026, 0, 1)), identity, ageKey: await recipientOf(identity) };
}

export const randomHash = (): string => encodeBase64url(randomBytes(32));
export const signerOf = (key: SigningKey) => ({
  publicKey: key.publicKey,
  sign: (bytes: Uint8Array) => sign(bytes, key),
});

/** An owner with real keys, who talks to a keyholder as the api would pass it on. ForTestsOnly: keeps no secrets. */
export class Owner {
  readonly account: Id = newId(Date.UTC(2026, 0, 1), randomBytes);
  readonly test: TestKeyholder;
  readonly ownerKey = generateSigningKey();
  readonly revocationKey = generateSigningKey();
  readonly device = generateSigningKey();
  head = { seq: -1, id: zeroHash };
  /** The keyholder's thumb, as every challenge names it. */
  audience = "";

  constructor(test: TestKeyholder) {
    this.test = test;
  }

  get handlers() {
    return this.test.keyholder.handlers;
  }

  async keyholderKey(): Promise<Uint8Array> {
    return decodeBase64url((await this.handlers.info({}, zones)).publicKey);
  }

  async challenge(purpose: "control" | "stricter" | "checkin"): Promise<StatementBody<"challenge">> {
    const { challenge } = await this.handlers.challenge({ account: this.account, purpose }, zones);
    const { body } = openStatement("challenge", challenge, await this.keyholderKey());
    this.audience = body.aud;
    return body;
  }

  /** Submits as it is; the head moves only when the keyholder accepted. */
  async submit(kind: Submitted, jws: string): Promise<StatementBody<"receipt">> {
    const { receipt } = await this.handlers.submit({ kind, statement: jws }, zones);
    const { body } = openStatement("receipt", receipt, await this.keyholderKey());
    this.head = body.head;
    return body;
  }

  /** Signs a control statement for the present head with a fresh challenge. */
  async signControl<Kind extends ControlKind>(
    kind: Kind,
    fill: Fill<Kind>,
    key: SigningKey = this.ownerKey,
  ): Promise<string> {
    const { aud, challenge } = await this.challenge("control");
    const place = { account: this.account, seq: this.head.seq + 1, prev: this.head.id };
    return signForTests(kind, fill({ aud, challenge, iat: 0, ...place }), key);
  }

  async genesis(): Promise<StatementBody<"receipt">> {
    const identity = await recipientOf(await generateIdentity("hybrid"));
    const jws = await this.signControl("key", (fields) => ({
      ...fields,
      epoch: 1,
      ownerKey: encodeBase64url(this.ownerKey.publicKey),
      revocationKey: encodeBase64url(this.revocationKey.publicKey),
      identity,
      keyring: randomHash(),
      devices: [{ key: encodeBase64url(this.device.publicKey) }],
    }));
    return this.submit("key", jws);
  }

  async pin({ r, ageKey }: Pick<Person, "r" | "ageKey">): Promise<string> {
    const body = { r, ageKey, signingKey: "" as const, verified: "words" as const, contact: randomHash() };
    return this.signAndSubmit("pin", (fields) => ({ ...fields, ...body }));
  }

  /** Submits and returns the statement's id, for which the chain's head is now a name. */
  async signAndSubmit<Kind extends Exclude<ControlKind, "key">>(kind: Kind, fill: Fill<Kind>): Promise<string> {
    await this.submit(kind, await this.signControl(kind, fill));
    return this.head.id;
  }

  async signCheckIn(over: Partial<StatementBody<"checkin">> = {}, key: SigningKey = this.device): Promise<string> {
    return this.#signOver(await this.challenge("checkin"), over, key);
  }

  /** Certifies a key that may only check in. */
  async certifyDelegate({ publicKey }: Pick<SigningKey, "publicKey">): Promise<StatementBody<"receipt">> {
    const key = encodeBase64url(publicKey);
    return this.submit("delegate", await this.signControl("delegate", (fields) => ({ ...fields, key })));
  }

  /** As the job with that key does it: it asks for a challenge in its own name. */
  async signAsDelegate(key: SigningKey, over: Partial<StatementBody<"checkin">> = {}): Promise<string> {
    return this.#signOver(await this.delegateChallenge(key), over, key);
  }

  async delegateChallenge({ publicKey }: Pick<SigningKey, "publicKey">): Promise<StatementBody<"challenge">> {
    const asked = { account: this.account, key: encodeBase64url(publicKey) };
    const { challenge } = await this.handlers.delegateChallenge(asked, zones);
    return openStatement("challenge", challenge, await this.keyholderKey()).body;
  }

  async #signOver(
    { aud, challenge, blobKey }: StatementBody<"challenge">,
    over: Partial<StatementBody<"checkin">>,
    key: SigningKey,
  ): Promise<string> {
    const body: StatementBody<"checkin"> = {
      aud,
      account: this.account,
      deviceKey: encodeBase64url(key.publicKey),
      challenge,
      nonce: randomHash(),
      seenHead: this.head,
      seenCheckpoint: "",
      answers: [],
      blob: encodeBase64url(await ageSealSmall([parseHybridRecipient(blobKey)], randomBytes(256))),
      iat: 0,
    };
    return signForTests("checkin", { ...body, ...over }, key);
  }

  async checkIn(): Promise<StatementBody<"receipt">> {
    return this.submit("checkin", await this.signCheckIn());
  }

  async signDisarm(b: string, policyHash: string): Promise<string> {
    const { aud, challenge } = await this.challenge("stricter");
    const scope = b === "" ? ("account" as const) : ("bequest" as const);
    const body: StatementBody<"disarm"> = { aud, account: this.account, challenge, scope, b, policyHash, iat: 0 };
    return signForTests("disarm", body, this.ownerKey);
  }

  async signPause(b: string, policyHash: string, forMs: number): Promise<string> {
    const { aud, challenge } = await this.challenge("stricter");
    const scope = b === "" ? ("account" as const) : ("bequest" as const);
    const body = { aud, account: this.account, challenge, scope, b, policyHash, iat: 0, forMs };
    return signForTests("pause", body, this.ownerKey);
  }

  /** Pauses one bequest, or all (`b` and `policyHash` empty). */
  async pause(b: string, policyHash: string, forMs: number): Promise<StatementBody<"receipt">> {
    return this.submit("pause", await this.signPause(b, policyHash, forMs));
  }

  async signRefuse(b: string, policyHash: string): Promise<string> {
    const { aud, challenge } = await this.challenge("stricter");
    const scope = b === "" ? ("account" as const) : ("bequest" as const);
    return signForTests(
      "refuse",
      { aud, account: this.account, challenge, scope, b, policyHash, iat: 0 },
      this.ownerKey,
    );
  }

  async signRevoke(device: SigningKey, by: SigningKey = this.ownerKey): Promise<string> {
    const { aud, challenge } = await this.challenge("stricter");
    const deviceKey = encodeBase64url(device.publicKey);
    return signForTests("revoke-device", { aud, account: this.account, challenge, deviceKey, iat: 0 }, by);
  }

  get thumb(): string {
    return thumb(this.ownerKey.publicKey);
  }
}

/** Signs what any owner's client would. */
export async function signForTests<Kind extends StatementKind>(
  kind: Kind,
  body: StatementBody<Kind>,
  key: SigningKey,
): Promise<string> {
  return (await signedStatement(kind, body, signerOf(key))).jws;
}

/** An owner with an accepted genesis. */
export async function anOwner(test: TestKeyholder): Promise<Owner> {
  const owner = new Owner(test);
  await owner.genesis();
  return owner;
}
