import { countField, hashField, idField, msField, recipientField, slotStageField } from "@afterkeep/statements";
import { z } from "zod";
import { documentRow } from "./documents.ts";
import {
  displayNameField,
  documentKey,
  emailField,
  emptyAnswer,
  jwsField,
  linkTokenField,
  sealedField,
} from "./fields.ts";
import { requestStage } from "./internal/keyholder.ts";
import { route } from "./route.ts";
import { recipientState } from "./bequests.ts";

/**
 * The identity under a passphrase: Argon2id parameters and salt in clear, then
 * wrap(argon2id(passphrase), ctx("recipient-slot", account, r), same, JCS{identity, ownerKey}). Empty: key file or words only.
 */
export const recipientSlot = z.strictObject({
  kdf: z.strictObject({
    name: z.literal("argon2id"),
    memoryKiB: z.int().min(19_456).max(1_048_576),
    passes: z.int().min(1).max(16),
    lanes: z.literal(1),
    salt: hashField,
  }),
  wrapped: sealedField(16_384),
});

const releaseRow = z.strictObject({
  b: idField,
  g: countField,
  decisionId: idField,
  stage: slotStageField,
  releasedAt: msField,
  /** Estimated product time at which a staged delay ends, or what a weak sign of the owner's keeps back; equal to releasedAt where there is neither. */
  opensAt: msField,
  /** Only while a weak sign of the owner's keeps back what was not fetched: until when at least, estimated product time. */
  keptUntil: msField.optional(),
});

const recipientView = z.strictObject({
  account: idField,
  r: idField,
  state: recipientState,
  ownerName: displayNameField,
  /** The owner's control chain as far as it concerns keys and this recipient: genesis first, whole chain, unfiltered order. */
  chain: z.array(jwsField).max(100_000),
  ageKey: z.union([recipientField, z.literal("")]),
  slot: z.union([recipientSlot, z.literal("")]),
  releases: z.array(releaseRow).max(64),
  /** What this recipient asked for. Who may ask for what is in the chain's policies. */
  requests: z.array(z.strictObject({ b: idField, request: idField, stage: requestStage, left: msField })).max(64),
});

export const recipientRoutes = {
  /** Exchanges the token of a mail link (URL fragment) for a short session; the link stays valid until replaced. */
  openLink: route({
    method: "POST",
    path: "/v1/recipient/sessions",
    auth: "none",
    summary: "Open a recipient's mail link",
    body: z.strictObject({ token: linkTokenField, channel: z.enum(["cookie", "bearer"]) }),
    response: z.strictObject({ token: z.union([hashField, z.literal("")]), view: recipientView }),
    status: 200,
  }),
  /** Always 202: whether the address is known is nobody's business. */
  sendLink: route({
    method: "POST",
    path: "/v1/recipient/links",
    auth: "none",
    summary: "Ask for a fresh mail link",
    body: z.strictObject({ email: emailField }),
    response: emptyAnswer,
    status: 202,
  }),
  getRecipientView: route({
    method: "GET",
    path: "/v1/recipient",
    auth: "recipient",
    summary: "What the recipient may know",
    response: recipientView,
    status: 200,
  }),
  /** Once: a key that was accepted and pinned cannot be replaced here; the owner re-invites instead. */
  acceptInvitation: route({
    method: "POST",
    path: "/v1/recipient/accept",
    auth: "recipient",
    summary: "Leave the public key made on this device",
    body: z.strictObject({ ageKey: recipientField, slot: z.union([recipientSlot, z.literal("")]) }),
    response: emptyAnswer,
    status: 200,
    bodyLimit: 131_072,
  }),
  prove: route({
    method: "POST",
    path: "/v1/recipient/releases/:b/prove",
    auth: "recipient",
    summary: "Step one of opening: a nonce sealed to the recipient's key",
    params: z.strictObject({ b: idField }),
    response: z.strictObject({ decisionId: idField, challenge: sealedField(16_384) }),
    status: 200,
  }),
  grant: route({
    method: "POST",
    path: "/v1/recipient/releases/:b/grant",
    auth: "recipient",
    summary: "Step two of opening: the keyholder's share, sealed to the recipient",
    params: z.strictObject({ b: idField }),
    body: z.strictObject({ decisionId: idField, nonce: hashField }),
    response: z.strictObject({
      grant: sealedField(32_768),
      release: jwsField,
      outer: sealedField(32_768),
      path: sealedField(16_384),
    }),
    status: 200,
  }),
  proveToAsk: route({
    method: "POST",
    path: "/v1/recipient/bequests/:b/ask/prove",
    auth: "recipient",
    summary: "Step one of asking for a bequest: a nonce sealed to the recipient's key",
    params: z.strictObject({ b: idField }),
    response: z.strictObject({ request: idField, challenge: sealedField(16_384) }),
    status: 200,
  }),
  ask: route({
    method: "POST",
    path: "/v1/recipient/bequests/:b/ask",
    auth: "recipient",
    summary: "Step two of asking: the keyholder notes it, and calls the owner",
    params: z.strictObject({ b: idField }),
    body: z.strictObject({ request: idField, nonce: hashField }),
    response: z.strictObject({ asked: jwsField }),
    status: 200,
  }),
  /** Manifest and sealed rows of a granted bequest. */
  getBundle: route({
    method: "GET",
    path: "/v1/recipient/releases/:b",
    auth: "recipient",
    summary: "The released bequest: chain, manifest, documents",
    params: z.strictObject({ b: idField }),
    response: z.strictObject({
      chain: z.array(jwsField).max(100_000),
      manifests: z
        .array(z.strictObject({ mseq: countField, body: sealedField(16_777_216), statement: jwsField }))
        .min(1)
        .max(16),
      documents: z.array(documentRow).max(100_000),
    }),
    status: 200,
  }),
  getReleasedObject: route({
    method: "GET",
    path: "/v1/recipient/releases/:b/documents/:doc/:ver",
    auth: "recipient",
    summary: "Download a sealed object of a released bequest (supports Range)",
    params: documentKey.extend({ b: idField }),
    response: "bytes",
    status: 200,
  }),
};
