import { type Bytes, encodeBase64url, type Id, newId, randomBytes } from "@afterkeep/bytes";
import { generateSigningKey, sign, thumb, thumbBytes } from "@afterkeep/crypto";
import {
  type AgeIdentity,
  type AgeRecipient,
  bequestContext,
  generateIdentity,
  manifestHash,
  recipientOf,
  sealGrant,
  sealManifest,
  sortEntries,
} from "@afterkeep/formats";
import {
  type AccountView,
  extendChain,
  signedStatement,
  type StatementBody,
  type StatementKind,
  type StatementSigner,
  verifyChain,
  zeroHash,
} from "@afterkeep/statements";
import { buildGeneration } from "../generation.ts";
import type { StoredDocument } from "../open-document.ts";
import type { ReleaseRequest } from "../open-release.ts";
import { aSealedDocument, anAccount, type ASealedDocument, type Place, rangesOf } from "./a-sealed-document.ts";

const dayMs = 86_400_000;
const decidedAt = 1_790_000_000_000;

/** Somebody who leaves something, their keyholder, and the person it is for. */
export type AnEstate = {
  readonly account: Id;
  readonly owner: StatementSigner;
  readonly keyholder: StatementSigner;
  readonly r: Id;
  readonly identity: AgeIdentity;
};

export async function anEstate(changes: Partial<AnEstate> = {}): Promise<AnEstate> {
  const identity = await generateIdentity();
  return { account: anAccount, owner: aSigner(), keyholder: aSigner(), r: newId(3), identity, ...changes };
}

export type ADocument = Place & { readonly content: Uint8Array };

/** What a server hands out for a release, and the objects behind it by document id. */
export type ARelease = {
  readonly request: ReleaseRequest<StoredDocument> & { readonly chain: readonly string[] };
  readonly objects: ReadonlyMap<Id, Bytes>;
  /** BI_g. */
  readonly identity: AgeIdentity;
};

export type WhatIsLeft = {
  readonly documents: readonly ADocument[];
  readonly message?: string;
  /** What the policy says the bequest's recipient is; in truth its own. */
  readonly bi?: AgeRecipient;
  /** The lists before the newest; one with the first document alone if absent. Two with the same `docId` are versions of one document. */
  readonly earlier?: readonly (readonly ADocument[])[];
  /** Which list the keyholder names, counted from 1; the newest if absent. */
  readonly granted?: number;
};

/** A bequest of these documents, armed, decided on and granted. */
export async function aRelease(
  { account, owner, keyholder, r, identity: recipientIdentity }: AnEstate,
  { documents, message = "", bi, earlier = [documents.slice(0, 1)], granted }: WhatIsLeft,
): Promise<ARelease> {
  const [b, g, decisionId] = [newId(5), 1, newId(6)];
  const recipient = await recipientOf(recipientIdentity);
  const place = { account, b, g, r, recipient };
  const ownerThumb = thumbBytes(owner.publicKey);
  const generation = await buildGeneration({ account, b, g, ownerThumb, recipients: [{ r, recipient }] });
  const [part] = generation.parts;
  if (part === undefined) throw new Error("a generation without parts");
  const sealed = new Map<ADocument, ASealedDocument>();
  for (const one of new Set([...earlier.flat(), ...documents])) {
    const { content, ...where } = one;
    sealed.set(one, await aSealedDocument(content, { ...where, account, identity: generation.identity }));
  }

  const chain = new Chain(account, owner, keyholder);
  await chain.add("key", { ...genesis(owner, await recipientOf(await generateIdentity())) });
  const contact = encodeBase64url(randomBytes(32));
  await chain.add("pin", { r, ageKey: recipient, signingKey: "", verified: "words", contact });
  const manifests: Bytes[] = [];
  const list = async (named: readonly ADocument[]) => {
    const entries = named.flatMap((one) => sealed.get(one)?.entry ?? []);
    const [mseq, last] = [manifests.length + 1, manifests.at(-1)];
    const prev = last === undefined ? null : manifestHash(last);
    const body = { account, b, g, mseq, prev, entries: sortEntries(entries), message };
    const file = await sealManifest([generation.recipient], body);
    await chain.add("manifest", { b, g, mseq, manifestHash: encodeBase64url(manifestHash(file)) });
    manifests.push(file);
  };
  const [first, ...others] = [...earlier, documents];
  await list(first);
  const policy = await chain.add("policy", {
    ...switchTerms(keyholder),
    ...{ b, g, bi: bi ?? generation.recipient },
    recipients: [{ ...signedPart(part), r, pin: chain.view?.ids[1] ?? "", verified: "words", delay: 0 }],
  });
  for (const named of others) await list(named);
  const namedHash = manifestHash(manifests.at(granted === undefined ? -1 : granted - 1) ?? new Uint8Array(0));

  const decision: StatementBody<"release"> = {
    ...{ account, b, g, decisionId, decidedAt, trigger: "silence", epoch: 1, mode: "real" },
    policyHash: policy,
    manifestHash: encodeBase64url(namedHash),
    lastSign: zeroHash,
    recipients: [{ r, delay: 0 }],
  };
  const grant = {
    ...{ bequest: bequestContext(place), share: part.share, outerHash: part.outerHash, decisionId },
    ...{ manifestHash: namedHash, policyHash: Buffer.from(policy, "base64url") },
  };
  const answers = {
    release: (await signedStatement("release", decision, keyholder)).jws,
    grant: await sealGrant(recipient, { ...grant, policyHash: new Uint8Array(grant.policyHash) }),
    ...{ outer: part.outer, path: part.path, manifests },
    documents: [...sealed.values()].map(({ stored }) => stored),
  };
  const statements = chain.statements;
  const view = verifyChain(statements, { account, keyholder: thumb(keyholder.publicKey) });
  return {
    request: {
      ...{ identity: recipientIdentity, place, decisionId, view, answers, chain: statements },
      keyholder: { publicKey: keyholder.publicKey, mode: "real" },
    },
    objects: new Map([...sealed.values()].map(({ stored, object }) => [stored.docId, object])),
    identity: generation.identity,
  };
}

/** Reads of a document's object. */
export function objectOf({ objects }: ARelease, { docId }: Pick<StoredDocument, "docId">) {
  return rangesOf(objects.get(docId) ?? new Uint8Array(0));
}

class Chain {
  readonly statements: string[] = [];
  readonly #account: Id;
  readonly #owner: StatementSigner;
  readonly #keyholder: string;
  view: AccountView | null = null;

  constructor(account: Id, owner: StatementSigner, keyholder: StatementSigner) {
    this.#account = account;
    this.#owner = owner;
    this.#keyholder = thumb(keyholder.publicKey);
  }

  /** Signs and adds a statement. Answers its id. */
  async add<K extends StatementKind>(
    kind: K,
    body: Omit<StatementBody<K>, "aud" | "account" | "challenge" | "seq" | "prev" | "iat">,
  ): Promise<string> {
    const { head } = this.view ?? { head: { seq: -1, id: zeroHash } };
    const place = { aud: this.#keyholder, account: this.#account, seq: head.seq + 1, prev: head.id };
    const fresh = { challenge: encodeBase64url(randomBytes(32)), iat: 1_700_000_000 };
    const { jws, id } = await signedStatement(kind, { ...body, ...place, ...fresh } as StatementBody<K>, this.#owner);
    this.view = extendChain(this.view, jws, { account: this.#account, keyholder: this.#keyholder });
    this.statements.push(jws);
    return id;
  }
}

function aSigner(): StatementSigner {
  const key = generateSigningKey();
  return { publicKey: key.publicKey, sign: (message) => sign(message, key) };
}

function genesis(owner: StatementSigner, identity: string) {
  const some = () => encodeBase64url(generateSigningKey().publicKey);
  const ownerKey = encodeBase64url(owner.publicKey);
  return { epoch: 0, ownerKey, revocationKey: some(), identity, keyring: some(), devices: [{ key: some() }] };
}

function signedPart(part: { shareCommit: Bytes; outerHash: Bytes; pathHash: Bytes }) {
  return {
    outerHash: encodeBase64url(part.outerHash),
    shareCommit: encodeBase64url(part.shareCommit),
    paths: [{ path: 1 as const, mask: 1 as const, pathHash: encodeBase64url(part.pathHash) }],
    gCommits: [],
    gSecretCommit: "" as const,
  };
}

function switchTerms(keyholder: StatementSigner) {
  return {
    times: { interval: 30 * dayMs, reminders: [15 * dayMs], grace: 14 * dayMs, lastCall: 3 * dayMs },
    ...{ classes: ["signed" as const], weakMax: 60 * dayMs, unreachableExtra: 60 * dayMs },
    contacts: [encodeBase64url(randomBytes(32))],
    ...{ acceptUnverified: false, acceptNoGuardians: true as const, timelock: "" as const },
    ...{ guardians: [], requests: [], alternates: [], secondDoor: [] },
    ...{ keyholders: [thumb(keyholder.publicKey)], k: 1 as const, n: 1 as const },
  };
}
