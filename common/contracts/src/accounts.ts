import { countField, msField } from "@afterkeep/statements";
import { z } from "zod";
import {
  displayNameField,
  emailField,
  emptyAnswer,
  hashField,
  idField,
  jwsField,
  linkTokenField,
  sealedField,
  totpCodeField,
} from "./fields.ts";
import { route } from "./route.ts";

const opaqueMessage = sealedField(4096);
export const slotField = z.strictObject({
  kind: z.enum(["opaque", "kit"]),
  slotId: idField,
  epoch: z.int().min(0),
  wrapped: sealedField(1024),
});
export const keyringField = z.strictObject({ version: z.int().min(1), wrapped: sealedField(65_536) });

const signedIn = z.strictObject({
  account: idField,
  /** Bearer token for the CLI and SDK; the web app gets the same session as a `__Host-` cookie and ignores this. */
  token: z.union([hashField, z.literal("")]),
  slots: z.array(slotField).min(1).max(16),
  keyring: keyringField,
  absoluteExpiry: msField,
});

/** `channel: cookie` sets the `__Host-ak` cookie and returns an empty token; `bearer` returns the token. */
const channel = z.enum(["cookie", "bearer"]);

export const accountRoutes = {
  /** OPAQUE registration, first message. Also hands out the TOTP seed and the keyholder's challenge for the genesis. */
  beginAccount: route({
    method: "POST",
    path: "/v1/accounts/begin",
    auth: "none",
    summary: "Begin an account: OPAQUE registration, TOTP seed, keyholder challenge",
    body: z.strictObject({ account: idField, registrationRequest: opaqueMessage }),
    response: z.strictObject({
      ticket: hashField,
      registrationResponse: opaqueMessage,
      totpSecret: z.string().regex(/^[A-Z2-7]{32}$/),
      challenge: jwsField,
    }),
    status: 200,
  }),
  finishAccount: route({
    method: "POST",
    path: "/v1/accounts/finish",
    auth: "none",
    summary: "Finish an account with its second factor, slots, keyring and genesis statement",
    body: z.strictObject({
      ticket: hashField,
      email: emailField,
      displayName: displayNameField,
      registrationRecord: opaqueMessage,
      totpCode: totpCodeField,
      slots: z.array(slotField).length(2),
      keyring: keyringField,
      genesis: jwsField,
      channel,
    }),
    response: z.strictObject({ session: signedIn, receipt: jwsField }),
    status: 201,
    bodyLimit: 262_144,
  }),
  beginSession: route({
    method: "POST",
    path: "/v1/sessions/begin",
    auth: "none",
    summary: "Begin signing in: OPAQUE key exchange, first message",
    body: z.strictObject({ email: emailField, startLoginRequest: opaqueMessage }),
    response: z.strictObject({ ticket: hashField, loginResponse: opaqueMessage }),
    status: 200,
  }),
  finishSession: route({
    method: "POST",
    path: "/v1/sessions/finish",
    auth: "none",
    summary: "Finish signing in with the OPAQUE proof and the second factor",
    body: z.strictObject({ ticket: hashField, finishLoginRequest: opaqueMessage, totpCode: totpCodeField, channel }),
    response: signedIn,
    status: 200,
  }),
  endSession: route({
    method: "DELETE",
    path: "/v1/sessions/current",
    auth: "owner",
    summary: "Sign out this session",
    response: emptyAnswer,
    status: 200,
  }),
  getAccount: route({
    method: "GET",
    path: "/v1/account",
    auth: "owner",
    summary: "The signed-in owner's account",
    response: z.strictObject({
      account: idField,
      email: emailField,
      emailVerified: z.boolean(),
      displayName: displayNameField,
      slots: z.array(slotField),
      keyring: keyringField,
      /** Bytes that sealed objects take, announced ones included, and how many the server allows. */
      usedBytes: countField,
      quotaBytes: countField,
    }),
    status: 200,
  }),
  /** Sends a fresh verification mail to the owner's own address. */
  sendEmailVerification: route({
    method: "POST",
    path: "/v1/account/email/send",
    auth: "owner",
    summary: "Send the address verification mail again",
    response: emptyAnswer,
    status: 202,
  }),
  verifyEmail: route({
    method: "POST",
    path: "/v1/account/email/verify",
    auth: "none",
    summary: "Prove an address with the token from the mail",
    body: z.strictObject({ token: linkTokenField }),
    response: z.strictObject({ verified: z.literal(true) }),
    status: 200,
  }),
};
