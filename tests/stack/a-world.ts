import { decodeBase64url, encodeBase64url } from "@afterkeep/bytes";
import type { RouteName } from "@afterkeep/contracts";
import type { SigningKey } from "@afterkeep/crypto";
import { generateIdentity, openProofChallenge, parseHybridRecipient } from "@afterkeep/formats";
import { openStatement, zeroId } from "@afterkeep/statements";
import { client, ready } from "@serenity-kit/opaque";
import {
  type Bequest,
  anArmedBequest,
  anInvitedRecipient,
  aRecipient,
  askProof,
  type Recipient,
  sealedContact,
  sealedShare,
} from "./a-bequest.ts";
import { aDelegate, aDelegatedCheckIn, aSignedCheckIn } from "./a-check-in.ts";
import { aManifest, anUploadedDocument, aSealedDocument, partHeaders, type SealedDocument } from "./a-document.ts";
import { dayMs, type Stack } from "./a-stack.ts";
import { aFreezeOrder } from "./a-freeze.ts";
import { anOwner, freshId, Owner, randomHash, sealedText } from "./an-owner.ts";

/** Two owners who know nothing of each other, each with a bequest, so that every route has something to act on. */
export type World = {
  stack: Stack;
  owner: Owner;
  otherOwner: Owner;
  bequest: Bequest;
  /** Another one for the same recipient, who may ask for it. */
  askable: Bequest;
  /** The bequest's own recipient, with a session. */
  recipient: Recipient;
  /** Another recipient of the same owner, to whom nothing was left. */
  otherRecipient: Recipient;
  /** One of the other owner's. */
  foreignRecipient: Recipient;
  invited: Recipient;
  /** A key that may only check in for the owner. */
  delegate: SigningKey;
  /** Announced and uploaded, not yet in a manifest. */
  pending: SealedDocument;
};

/** @param state whether the bequests are armed only, or released since */
export async function aWorld(stack: Stack, state: "armed" | "released" = "released"): Promise<World> {
  const [owner, otherOwner] = [await anOwner(stack), await anOwner(stack)];
  const [recipient, otherRecipient, foreignRecipient] = [
    await aRecipient(owner),
    await aRecipient(owner),
    await aRecipient(otherOwner),
  ];
  const bequest = await anArmedBequest(owner, recipient);
  const askable = await anArmedBequest(owner, recipient, {
    mseq: 2,
    intervalMs: 300 * dayMs,
    requestWaitMs: 14 * dayMs,
    classes: ["signed", "token", "delegated", "attested"],
  });
  const delegate = await aDelegate(owner);
  await anArmedBequest(otherOwner, foreignRecipient);
  if (state === "released") await stack.silence(55 * dayMs);
  const pending = await anUploadedDocument(owner);
  const invited = await anInvitedRecipient(owner);
  const recipients = { recipient, otherRecipient, foreignRecipient, invited };
  return { stack, owner, otherOwner, bequest, askable, ...recipients, delegate, pending };
}

export type ValidRequest = {
  params?: Record<string, string>;
  query?: Record<string, string>;
  body?: unknown;
  headers?: Record<string, string>;
};

/** A request that each route would carry out for its rightful caller. A route that is missing here does not compile. */
export const validRequests: Record<RouteName, (world: World) => Promise<ValidRequest>> = {
  beginAccount: async () => ({ body: { account: freshId(), registrationRequest: await registrationRequest() } }),
  finishAccount: async ({ stack }) => ({
    body: (
      await new Owner(
        stack,
        `new-${freshId()
          .toLowerCase()
          .replaceAll(/[^a-z0-9]/g, "x")}@example.test`,
      ).prepareSignUp()
    ).body,
  }),
  beginSession: async ({ owner }) => ({ body: { email: owner.email, startLoginRequest: await startLoginRequest() } }),
  finishSession: async ({ owner }) => ({
    body: { ...(await owner.beginSignIn()), totpCode: owner.code(), channel: "bearer" },
  }),
  endSession: async () => ({}),
  getAccount: async () => ({}),
  sendEmailVerification: async () => ({}),
  verifyEmail: async ({ stack, owner }) => ({ body: { token: await newestToken(stack, owner.email) } }),
  getServer: async () => ({}),
  probe: async () => ({ body: { nonce: randomHash() } }),
  getFreeze: async () => ({}),
  orderFreeze: async ({ stack }) => ({ body: { statements: await aFreezeOrder(stack) } }),
  challenge: async () => ({ body: { purpose: "control" } }),
  submitStatement: async ({ owner, otherRecipient: { r, ageKey } }) => ({
    body: {
      kind: "pin",
      statement: await owner.signControl("pin", (fields) => ({
        ...fields,
        r,
        ageKey,
        signingKey: "",
        verified: "words",
        contact: randomHash(),
      })),
    },
  }),
  listStatements: async () => ({ query: { after: "-1" } }),
  checkIn: async ({ owner }) => ({ body: { statement: await aSignedCheckIn(owner) } }),
  delegateChallenge: async ({ owner: { account }, delegate }) => ({
    body: { account, key: encodeBase64url(delegate.publicKey) },
  }),
  checkInByDelegate: async ({ owner, delegate }) => ({ body: { statement: await aDelegatedCheckIn(owner, delegate) } }),
  checkInByToken: async ({ stack, owner }) => {
    const { token } = await stack.keyholder.handlers.mintToken(
      { account: owner.account },
      { caller: "clock", requestId: "test" },
    );
    return { body: { token, nonce: randomHash() } };
  },
  getStatus: async () => ({}),
  depositKey: async ({ bequest, recipient }) => ({ body: { b: bequest.b, g: 2, r: recipient.r } }),
  deposit: async (world) => ({ body: await aDeposit(world) }),
  depositContact: async ({ owner }) => ({ body: { sealed: await sealedContact(owner) } }),
  beginDocument: async () => ({ body: aSealedDocument().announced }),
  putPart: async ({ pending: { doc, ver, object } }) => ({
    params: { doc, ver, part: "0" },
    body: object,
    headers: partHeaders(object),
  }),
  listParts: async ({ pending: { doc, ver } }) => ({ params: { doc, ver } }),
  discardDocument: async ({ owner }) => {
    const { doc, ver } = await anUploadedDocument(owner);
    return { params: { doc, ver } };
  },
  getObject: async ({ bequest: { document } }) => ({ params: { doc: document.doc, ver: document.ver } }),
  listDocuments: async () => ({ query: { after: "", afterVer: "" } }),
  putHeader: async ({ pending: { doc, ver } }) => ({
    params: { doc, ver },
    body: { header: sealedText(200), expectedRev: 0 },
  }),
  commitManifest: async ({ owner, bequest, askable, pending }) => ({
    body: await aManifest(owner, { b: zeroId, g: 0, mseq: 3 }, [bequest.document, askable.document, pending]),
  }),
  getManifest: async ({ bequest: { b } }) => ({ params: { b } }),
  createRecipient: async () => ({ body: { r: freshId(), email: "another@example.test", label: sealedText() } }),
  listRecipients: async () => ({}),
  reinviteRecipient: async ({ otherRecipient: { r } }) => ({ params: { r } }),
  createBequest: async () => ({ body: { b: freshId(), label: sealedText() } }),
  listBequests: async () => ({}),
  putLabel: async ({ bequest: { b } }) => ({
    params: { kind: "bequest", id: b },
    body: { label: sealedText(), expectedRev: 0 },
  }),
  getLog: async () => ({ query: { after: "0", from: "0" } }),
  openLink: async ({ invited }) => ({ body: { token: invited.linkToken, channel: "bearer" } }),
  sendLink: async ({ otherRecipient }) => ({ body: { email: otherRecipient.email } }),
  getRecipientView: async () => ({}),
  acceptInvitation: async ({ recipient }) => ({ body: { ageKey: recipient.ageKey, slot: "" } }),
  prove: async ({ bequest: { b } }) => ({ params: { b } }),
  grant: async ({ bequest: { b }, recipient }) => {
    const { decisionId, challenge } = await recipient.ask("prove", { params: { b } });
    const { nonce } = await openProofChallenge(recipient.identity, decodeBase64url(challenge));
    return { params: { b }, body: { decisionId, nonce: encodeBase64url(nonce) } };
  },
  proveToAsk: async ({ askable: { b } }) => ({ params: { b } }),
  ask: async ({ askable }) => ({ params: { b: askable.b }, body: await askProof(askable) }),
  getBundle: async ({ bequest: { b } }) => ({ params: { b } }),
  getReleasedObject: async ({ bequest: { b, document } }) => ({ params: { b, doc: document.doc, ver: document.ver } }),
};

async function registrationRequest(): Promise<string> {
  await ready;
  return client.startRegistration({ password: "correct horse battery" }).registrationRequest;
}

async function startLoginRequest(): Promise<string> {
  await ready;
  return client.startLogin({ password: "correct horse battery" }).startLoginRequest;
}

async function newestToken(stack: Stack, email: string): Promise<string> {
  return (await stack.mails()).findLast(({ to, kind }) => to === email && kind === "verify-email")?.token ?? "";
}

async function aDeposit({ owner, bequest: { b }, recipient }: World) {
  const place = { b, g: 2, r: recipient.r };
  const { depositKey } = await owner.ask("depositKey", { body: place });
  const { body } = openStatement("deposit-key", depositKey, await owner.keyholderKey());
  const identity = await generateIdentity("hybrid");
  const sealed = await sealedShare(owner, {
    b,
    g: 2,
    identity,
    recipient,
    depositKey: parseHybridRecipient(body.recipient),
  });
  return { ...place, ...sealed };
}
