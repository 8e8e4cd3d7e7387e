import {
  besideKinds,
  countField,
  hashField,
  idField,
  keyholderMode,
  msField,
  statementLimits,
  switchStateField,
} from "@afterkeep/statements";
import { z } from "zod";
import { jwsField, linkTokenField, sealedField } from "./fields.ts";
import { attendedPercent, coolingPolicies, keyholderInfo, outage, requestStage } from "./internal/keyholder.ts";
import { route } from "./route.ts";

/** The newest receipt that the caller has: it is shown to the keyholder, which learns from it whether it was put back from a copy. */
const shownReceipt = jwsField.max(statementLimits.receipt).optional();

export const statementRoutes = {
  getServer: route({
    method: "GET",
    path: "/v1/server",
    auth: "none",
    summary: "What this server is: mode, keyholder, log",
    response: z.strictObject({
      product: z.literal("afterkeep"),
      version: z.string(),
      mode: z.enum(["local", "production", "demo"]),
      publicUrl: z.string(),
      /** Product time now (ms); runs faster than the wall in demo mode. */
      now: msField,
      keyholder: keyholderInfo,
      logVerifierKey: z.string(),
    }),
    status: 200,
  }),
  /** The public leg of the keyholder's round-trip probe. */
  probe: route({
    method: "POST",
    path: "/v1/probe",
    auth: "none",
    summary: "Carries the keyholder's probe to itself",
    body: z.strictObject({ nonce: hashField }),
    response: z.strictObject({ echo: hashField }),
    status: 200,
  }),
  /** Signed by the keyholder; says whether its operators froze it, and what an order of theirs must answer. */
  getFreeze: route({
    method: "GET",
    path: "/v1/freeze",
    auth: "none",
    summary: "Whether two operators froze the keyholder",
    response: z.strictObject({ state: jwsField }),
    status: 200,
  }),
  /** No session: the signatures of two operators are the right. */
  orderFreeze: route({
    method: "POST",
    path: "/v1/freeze",
    auth: "none",
    summary: "Freeze the keyholder or end its freeze, with the signatures of two operators",
    body: z.strictObject({ statements: z.tuple([jwsField, jwsField]) }),
    response: z.strictObject({ state: jwsField }),
    status: 200,
  }),
  challenge: route({
    method: "POST",
    path: "/v1/challenges",
    auth: "owner",
    summary: "A signed, single-use challenge from the keyholder",
    body: z.strictObject({
      purpose: z.enum(["control", "stricter", "checkin"]),
      receipt: shownReceipt,
    }),
    response: z.strictObject({ challenge: jwsField }),
    status: 200,
    bodyLimit: 131_072,
  }),
  /** key, delegate, pin, policy, and what stands beside the chain. Manifests go through `commitManifest`. */
  submitStatement: route({
    method: "POST",
    path: "/v1/statements",
    auth: "owner",
    summary: "Submit a signed statement and get the keyholder's receipt",
    body: z.strictObject({ kind: z.enum(["key", "delegate", "pin", "policy", ...besideKinds]), statement: jwsField }),
    response: z.strictObject({ receipt: jwsField }),
    status: 200,
    bodyLimit: 393_216,
  }),
  listStatements: route({
    method: "GET",
    path: "/v1/statements",
    auth: "owner",
    summary: "The account's control chain, oldest first",
    query: z.strictObject({ after: z.coerce.number().int().min(-1).default(-1) }),
    response: z.strictObject({
      statements: z.array(jwsField).max(500),
      more: z.boolean(),
      /** All of the account's, which stand beside the chain. */
      revocations: z.array(jwsField).max(500),
    }),
    status: 200,
  }),
  checkIn: route({
    method: "POST",
    path: "/v1/checkins",
    auth: "owner",
    summary: "Check in with a statement signed by this device",
    body: z.strictObject({ statement: jwsField }),
    response: z.strictObject({ receipt: jwsField }),
    status: 200,
  }),
  /**
   * For a job that checks in with a key of its own and has no session. Whoever knows the public key may ask: the challenge holds no secret and is no use
   * without the private one.
   */
  delegateChallenge: route({
    method: "POST",
    path: "/v1/checkins/delegated/challenges",
    auth: "none",
    summary: "A signed, single-use challenge for a key that may only check in",
    body: z.strictObject({ account: idField, key: hashField, receipt: shownReceipt }),
    response: z.strictObject({ challenge: jwsField }),
    status: 200,
    bodyLimit: 131_072,
  }),
  checkInByDelegate: route({
    method: "POST",
    path: "/v1/checkins/delegated",
    auth: "none",
    summary: "Check in with a statement signed by a key that may only check in",
    body: z.strictObject({ statement: jwsField }),
    response: z.strictObject({ receipt: jwsField }),
    status: 200,
  }),
  /** From a mail link's page, on a person's POST; a GET of the page changes nothing. */
  checkInByToken: route({
    method: "POST",
    path: "/v1/checkins/token",
    auth: "none",
    summary: "Check in with the one-time token of a mail link",
    body: z.strictObject({ token: linkTokenField, nonce: hashField, receipt: shownReceipt }),
    response: z.strictObject({ account: idField, statement: hashField, receipt: jwsField }),
    status: 200,
    bodyLimit: 131_072,
  }),
  /** Unsigned, for showing only; what counts is in receipts. `lastReceipt` is the newest one the server passed on. */
  getStatus: route({
    method: "GET",
    path: "/v1/status",
    auth: "owner",
    summary: "Where each switch stands",
    response: z.strictObject({
      now: msField,
      mode: keyholderMode,
      switches: z.array(
        z.strictObject({
          b: idField,
          g: countField,
          state: switchStateField,
          policyHash: hashField,
          used: msField,
          left: msField,
          earliestWallMs: msField,
          waitsFor: z.string(),
          /** Only where the operators froze it: when that ends by itself, if all time counts. */
          frozenUntil: msField.optional(),
          /** When the owner's key last disarmed or paused it, while it stands so; null also where that is not known any more. */
          stoppedAt: z.union([msField, z.null()]),
          release: z.union([jwsField, z.literal("")]),
          slots: z.array(z.strictObject({ r: idField, stage: z.string() })),
          requests: z.array(z.strictObject({ request: idField, r: idField, stage: requestStage, left: msField })),
          cooling: coolingPolicies,
        }),
      ),
      /** The newest times that no switch counted, newest first. */
      outages: z.array(outage).max(16),
      attendedPercent,
      lastReceipt: z.union([jwsField, z.literal("")]),
    }),
    status: 200,
  }),
  /** The recipient string of a one-time deposit key, signed by the keyholder. b, g, r all zero: for a contact address. */
  depositKey: route({
    method: "POST",
    path: "/v1/deposits/keys",
    auth: "owner",
    summary: "A one-time deposit key of the keyholder",
    body: z.strictObject({ b: idField, g: countField, r: idField }),
    response: z.strictObject({ depositKey: jwsField }),
    status: 200,
  }),
  deposit: route({
    method: "POST",
    path: "/v1/deposits",
    auth: "owner",
    summary: "Deposit one keyholder share with its outer part and path",
    body: z.strictObject({
      b: idField,
      g: countField,
      r: idField,
      sealed: sealedField(16_384),
      outer: sealedField(32_768),
      path: sealedField(16_384),
    }),
    response: z.strictObject({ imported: jwsField }),
    status: 200,
    bodyLimit: 131_072,
  }),
  depositContact: route({
    method: "POST",
    path: "/v1/deposits/contact",
    auth: "owner",
    summary: "Deposit an address for last calls, sealed to the keyholder",
    body: z.strictObject({ sealed: sealedField(16_384) }),
    response: z.strictObject({ contact: hashField }),
    status: 200,
  }),
};
