import { encodeBase64url, type Id, newId, randomBytes } from "@afterkeep/bytes";
import { generateSigningKey, sign, type SigningKey, thumbBytes } from "@afterkeep/crypto";
import {
  type AgeRecipient,
  bequestContext,
  generateIdentity,
  parseHybridRecipient,
  recipientOf,
  sealDeposit,
} from "@afterkeep/formats";
import {
  openStatement,
  signedStatement,
  type StatementBody,
  type StatementKind,
  statementKindOf,
  zeroHash,
} from "@afterkeep/statements";
import type { KeyholderClient } from "./the-operator.ts";

export const randomHash = (): string => encodeBase64url(randomBytes(32));
export const freshId = (): Id => newId(Date.UTC(2026, 0, 1));

type Placed = "aud" | "account" | "challenge" | "seq" | "prev" | "iat";
type ControlKind = "key" | "pin" | "policy" | "manifest";

/** An account that whoever speaks as the api can make at the keyholder by themselves, with keys of their own. */
export class AttackersAccount {
  readonly account = freshId();
  readonly ownerKey = generateSigningKey();
  readonly #keyholder: KeyholderClient;
  readonly #keyholderKey: Uint8Array;
  #head = { seq: -1, id: zeroHash };

  constructor(keyholder: KeyholderClient, keyholderKey: Uint8Array) {
    this.#keyholder = keyholder;
    this.#keyholderKey = keyholderKey;
  }

  get ownerThumb(): Uint8Array {
    return thumbBytes(this.ownerKey.publicKey);
  }

  async begin(): Promise<this> {
    const identity = await recipientOf(await generateIdentity("hybrid"));
    const key = encodeBase64url(generateSigningKey().publicKey);
    const ownerKey = encodeBase64url(this.ownerKey.publicKey);
    const facts = { epoch: 0, ownerKey, revocationKey: key, identity, keyring: randomHash(), devices: [] };
    await this.submit("key", facts);
    return this;
  }

  async submit<Kind extends ControlKind>(kind: Kind, body: Omit<StatementBody<Kind>, Placed>): Promise<string> {
    const { challenge } = await this.#keyholder.challenge({ account: this.account, purpose: "control" });
    const asked = openStatement("challenge", challenge, this.#keyholderKey).body;
    const place = {
      aud: asked.aud,
      account: this.account,
      challenge: asked.challenge,
      seq: this.#head.seq + 1,
      prev: this.#head.id,
      iat: 0,
    };
    const signed = await signedStatement(kind, { ...body, ...place } as StatementBody<Kind>, signerOf(this.ownerKey));
    const { receipt } = await this.#keyholder.submit({ kind, statement: signed.jws });
    this.#head = openStatement("receipt", receipt, this.#keyholderKey).body.head;
    return signed.id;
  }

  pin(r: string, ageKey: AgeRecipient): Promise<string> {
    return this.submit("pin", { r, ageKey, signingKey: "", verified: "words", contact: randomHash() });
  }

  /** A share of their own, sealed to a genuine one-time key for this place. */
  async sealedShare(
    place: { account: Id; b: Id; g: number; r: Id },
    ageKey: AgeRecipient,
    ownerThumb: Uint8Array,
  ): Promise<string> {
    const { account, b, g, r } = place;
    const { depositKey } = await this.#keyholder.depositKey({ account, b, g, r });
    const key = parseHybridRecipient(openStatement("deposit-key", depositKey, this.#keyholderKey).body.recipient);
    const bequest = bequestContext({ account, b, g, r, recipient: ageKey });
    return encodeBase64url(
      await sealDeposit(key, { bequest, owner: new Uint8Array(ownerThumb), share: randomBytes(32) }),
    );
  }
}

export function signerOf(key: SigningKey) {
  return { publicKey: key.publicKey, sign: (bytes: Uint8Array) => sign(bytes, key) };
}

/** The payload of a statement, unverified. */
export function bodyOf<Kind extends StatementKind>(jws: string, kind: Kind): StatementBody<Kind> {
  if (statementKindOf(jws) !== kind) throw new Error(`not a ${kind}`);
  return JSON.parse(Buffer.from(jws.split(".")[1] ?? "", "base64url").toString("utf8")) as StatementBody<Kind>;
}

/** The same header and signature over another body. */
export function withBody(jws: string, body: object): string {
  const [header = "", , signature = ""] = jws.split(".");
  return [header, Buffer.from(JSON.stringify(body)).toString("base64url"), signature].join(".");
}

export async function signedBy<Kind extends StatementKind>(
  kind: Kind,
  body: StatementBody<Kind>,
  key: SigningKey,
): Promise<string> {
  return (await signedStatement(kind, body, signerOf(key))).jws;
}
