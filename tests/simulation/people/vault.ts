import { encodeBase64url, type Id, newId, randomBytes } from "@afterkeep/bytes";
import { generateSigningKey, sign, type SigningKey } from "@afterkeep/crypto";
import {
  type AgeIdentity,
  type AgeRecipient,
  type BequestContext,
  generateIdentity,
  recipientOf,
} from "@afterkeep/formats";
import { signedStatement, type StatementBody, type StatementKind } from "@afterkeep/statements";
import type { BequestFacts } from "../ledger/facts.ts";

export type Person = { readonly r: Id; readonly identity: AgeIdentity; readonly ageKey: AgeRecipient };

/** What a client keeps of a bequest between two visits. */
export type BequestState = {
  readonly b: Id;
  readonly people: readonly Person[];
  readonly facts: BequestFacts;
  /** Everything that was ever deposited for it. */
  readonly gates: Gate[];
  g: number;
  mseq: number;
  policyId: string;
  /** Everything that the next policy of this generation must name again. */
  sealed: SealedGeneration | null;
};

export type Gate = {
  readonly r: string;
  readonly context: BequestContext;
  readonly path: string;
  readonly identity: AgeIdentity;
};

export type SealedGeneration = {
  readonly bi: AgeRecipient;
  readonly recipients: StatementBody<"policy">["recipients"];
};

/** An owner's keys and addresses, and what the api's database holds for them. */
export class Vault {
  readonly account: Id;
  readonly name: string;
  readonly addresses: readonly string[];
  readonly ownerKey = generateSigningKey();
  readonly revocationKey = generateSigningKey();
  readonly device = generateSigningKey();
  readonly bequests: BequestState[] = [];
  /** Accepted statements with their receipts, in the order of acceptance: the api's copy. */
  readonly accepted: { statement: string; receipt: string }[] = [];
  readonly pins = new Map<string, string>();
  contacts: readonly string[] = [];
  /** A second device of those who may lose one. */
  spare: SigningKey | null = null;
  /** Public keys of devices that count no more. */
  readonly revoked = new Set<string>();

  constructor(name: string, addresses: readonly string[]) {
    this.account = newId(Date.UTC(2026, 0, 1), randomBytes);
    this.name = name;
    this.addresses = addresses;
  }

  async sign<Kind extends StatementKind>(kind: Kind, body: StatementBody<Kind>, key: SigningKey): Promise<string> {
    const signer = { publicKey: key.publicKey, sign: (bytes: Uint8Array) => sign(bytes, key) };
    return (await signedStatement(kind, body, signer)).jws;
  }
}

export async function aPerson(identity: AgeIdentity, ageKey: AgeRecipient): Promise<Person> {
  return { r: newId(Date.UTC(2026, 0, 1), randomBytes), identity, ageKey };
}

export async function aKeyPair(): Promise<{ identity: AgeIdentity; ageKey: AgeRecipient }> {
  const identity = await generateIdentity("hybrid");
  return { identity, ageKey: await recipientOf(identity) };
}

export const randomHash = (): string => encodeBase64url(randomBytes(32));
