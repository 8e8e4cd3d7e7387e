import { decodeBase64url, encodeBase64url, type Id, randomBytes } from "@afterkeep/bytes";
import { thumbBytes } from "@afterkeep/crypto";
import {
  type AgeIdentity,
  type AgeRecipient,
  bequestContext,
  generateIdentity,
  openAskChallenge,
  openProofChallenge,
  parseHybridRecipient,
  recipientOf,
  sealContactDeposit,
  sealDeposit,
  sealInner,
  sealOuter,
  sealPath,
} from "@afterkeep/formats";
import { openStatement, type StatementBody, zeroId } from "@afterkeep/statements";
import { defaultTimes } from "@afterkeep/switch";
import type { RouteName } from "@afterkeep/contracts";
import { type SealedDocument, anUploadedDocument, commit, vault } from "./a-document.ts";
import { dayMs, type Stack } from "./a-stack.ts";
import { askRoute, freshId, type Owner, randomHash, sealedText } from "./an-owner.ts";

/** Somebody to whom something is left, with a key of their own device and a session of their mail link. */
export class Recipient {
  readonly stack: Stack;
  readonly owner: Owner;
  readonly r = freshId();
  readonly email: string;
  readonly identity: AgeIdentity;
  readonly ageKey: AgeRecipient;
  linkToken = "";
  token = "";

  constructor(owner: Owner, identity: AgeIdentity, ageKey: AgeRecipient) {
    this.stack = owner.stack;
    this.owner = owner;
    this.identity = identity;
    this.ageKey = ageKey;
    this.email = `friend-${this.r.toLowerCase().replace(/[^a-z0-9]/g, "x")}@example.test`;
  }

  ask<Name extends RouteName>(name: Name, wish: { params?: Record<string, string>; body?: unknown } = {}) {
    return askRoute(this.stack, name, { ...wish, token: this.token });
  }

  /** Opens the newest link that was mailed to this address. */
  async openLink(): Promise<void> {
    const mail = (await this.stack.mails()).findLast(({ to }) => to === this.email);
    this.linkToken = mail?.token ?? "";
    this.token = (await askRoute(this.stack, "openLink", { body: { token: this.linkToken, channel: "bearer" } })).token;
  }
}

/** Invited by mail, link opened; not yet accepted. */
export async function anInvitedRecipient(owner: Owner): Promise<Recipient> {
  const identity = await generateIdentity("hybrid");
  const recipient = new Recipient(owner, identity, await recipientOf(identity));
  await owner.ask("createRecipient", { body: { r: recipient.r, email: recipient.email, label: sealedText() } });
  await recipient.openLink();
  return recipient;
}

export async function aRecipient(owner: Owner): Promise<Recipient> {
  const recipient = await anInvitedRecipient(owner);
  await recipient.ask("acceptInvitation", { body: { ageKey: recipient.ageKey, slot: "" } });
  return recipient;
}

export type Bequest = {
  b: Id;
  g: number;
  owner: Owner;
  recipient: Recipient;
  document: SealedDocument;
  policyHash: string;
};

type BequestWish = {
  /** Of the vault's manifest. */
  readonly mseq?: number;
  readonly intervalMs?: number;
  /** How long the owner has to refuse what the recipient asks; null: nobody may ask. */
  readonly requestWaitMs?: number | null;
  /** What counts beside the owner's own signature. */
  readonly classes?: StatementBody<"policy">["classes"];
};

/** One document, one recipient, armed with the default times of a month's interval, or of another. */
export async function anArmedBequest(
  owner: Owner,
  recipient: Recipient,
  { mseq = 1, intervalMs = 30 * dayMs, requestWaitMs = null, classes = ["signed", "token"] }: BequestWish = {},
): Promise<Bequest> {
  const b = freshId();
  await owner.ask("createBequest", { body: { b, label: sealedText() } });
  const document = await anUploadedDocument(owner);
  await commit(owner, vault(mseq), [document]);
  await commit(owner, { b, g: 1, mseq: 1 }, [document]);
  const pin = await aPin(owner, recipient);
  const identity = await generateIdentity("hybrid");
  const imported = await depositShare(owner, { b, identity, recipient });
  const policy = await aPolicy(owner, {
    b,
    bi: await recipientOf(identity),
    pin,
    imported,
    contact: await depositContact(owner),
    intervalMs,
    classes,
    requests: requestWaitMs === null ? [] : [{ r: recipient.r, wait: requestWaitMs }],
  });
  await owner.submit("policy", policy);
  return { b, g: 1, owner, recipient, document, policyHash: owner.head.id };
}

async function aPin(owner: Owner, { r, ageKey }: Recipient): Promise<string> {
  const body = { r, ageKey, signingKey: "" as const, verified: "words" as const, contact: randomHash() };
  await owner.submit("pin", await owner.signControl("pin", (fields) => ({ ...fields, ...body })));
  return owner.head.id;
}

type ShareParts = { b: Id; g: number; identity: AgeIdentity; recipient: Recipient; depositKey: AgeRecipient };

/** One recipient's share with its outer part and path, ready to be deposited. */
export async function sealedShare(owner: Owner, { b, g, identity, recipient, depositKey: key }: ShareParts) {
  const place = { account: owner.account, b, g, r: recipient.r, recipient: recipient.ageKey };
  const context = bequestContext(place);
  const [share, gateKey] = [randomBytes(32), randomBytes(32)];
  const ownerThumb = thumbBytes(owner.ownerKey.publicKey);
  const outer = sealOuter(gateKey, context, await sealInner(place, identity, ownerThumb));
  const path = sealPath(share, context, gateKey);
  const sealed = await sealDeposit(key, { bequest: context, owner: ownerThumb, share });
  return { sealed: encodeBase64url(sealed), outer: encodeBase64url(outer), path: encodeBase64url(path) };
}

async function depositShare(owner: Owner, what: { b: Id; identity: AgeIdentity; recipient: Recipient }) {
  const place = { b: what.b, g: 1, r: what.recipient.r };
  const sealed = await sealedShare(owner, { ...what, g: 1, depositKey: await depositKey(owner, place) });
  const { imported } = await owner.ask("deposit", { body: { ...place, ...sealed } });
  return openStatement("imported", imported, await owner.keyholderKey()).body;
}

async function depositKey(owner: Owner, place: { b: string; g: number; r: string }): Promise<AgeRecipient> {
  const answer = await owner.ask("depositKey", { body: place });
  return parseHybridRecipient(
    openStatement("deposit-key", answer.depositKey, await owner.keyholderKey()).body.recipient,
  );
}

/** The owner's address for last calls, sealed to the keyholder. */
export async function sealedContact(owner: Owner): Promise<string> {
  const key = await depositKey(owner, { b: zeroId, g: 0, r: zeroId });
  return encodeBase64url(
    await sealContactDeposit(key, { account: owner.account, salt: randomBytes(32), address: owner.email }),
  );
}

async function depositContact(owner: Owner): Promise<string> {
  return (await owner.ask("depositContact", { body: { sealed: await sealedContact(owner) } })).contact;
}

export type PolicyParts = {
  b: string;
  bi: AgeRecipient;
  pin: string;
  imported: StatementBody<"imported">;
  contact: string;
  intervalMs: number;
  classes: StatementBody<"policy">["classes"];
  requests: StatementBody<"policy">["requests"];
};

function aPolicy(
  owner: Owner,
  { b, bi, pin, imported, contact, intervalMs, classes, requests }: PolicyParts,
): Promise<string> {
  const { times, ...limits } = defaultTimes(intervalMs);
  const entry = {
    r: imported.r,
    pin,
    verified: "words" as const,
    delay: 0,
    outerHash: imported.outerHash,
    shareCommit: imported.shareCommit,
    paths: [{ path: 1 as const, mask: 1 as const, pathHash: imported.pathHash }],
    gCommits: [],
    gSecretCommit: "" as const,
  };
  return owner.signControl("policy", (fields) => ({
    ...fields,
    b,
    g: 1,
    bi,
    recipients: [entry],
    times: { ...times, reminders: [...times.reminders] },
    ...limits,
    classes,
    contacts: [contact],
    acceptUnverified: false,
    acceptNoGuardians: true,
    guardians: [],
    requests,
    alternates: [],
    secondDoor: [],
    timelock: "",
    keyholders: [fields.aud],
    k: 1,
    n: 1,
  }));
}

/** Both steps of asking, as the recipient's device does them. */
export async function askFor({ b, recipient }: Pick<Bequest, "b" | "recipient">) {
  return recipient.ask("ask", { params: { b }, body: await askProof({ b, recipient }) });
}

export async function askProof({ b, recipient }: Pick<Bequest, "b" | "recipient">) {
  const { request, challenge } = await recipient.ask("proveToAsk", { params: { b } });
  const { nonce } = await openAskChallenge(recipient.identity, decodeBase64url(challenge));
  return { request, nonce: encodeBase64url(nonce) };
}

/** Both steps of opening, as the recipient's device does them. */
export async function fetchGrant({ b, recipient }: Pick<Bequest, "b" | "recipient">) {
  const { decisionId, challenge } = await recipient.ask("prove", { params: { b } });
  const { nonce } = await openProofChallenge(recipient.identity, decodeBase64url(challenge));
  return recipient.ask("grant", { params: { b }, body: { decisionId, nonce: encodeBase64url(nonce) } });
}
