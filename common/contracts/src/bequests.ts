import { hashField, idField, msField, recipientField } from "@afterkeep/statements";
import { z } from "zod";
import { emailField, emptyAnswer, labelField } from "./fields.ts";
import { route } from "./route.ts";

export const recipientState = z.enum(["invited", "accepted"]);
export const recipientRow = z.strictObject({
  r: idField,
  email: emailField,
  state: recipientState,
  /** Empty until the recipient made their key. */
  ageKey: z.union([recipientField, z.literal("")]),
  label: labelField,
  labelRev: z.int().min(0),
  /** Set when the mail to this address was refused for good. */
  bounced: z.boolean(),
});

export const bequestRow = z.strictObject({
  b: idField,
  label: labelField,
  labelRev: z.int().min(0),
  createdAt: msField,
});

export const bequestRoutes = {
  createRecipient: route({
    method: "POST",
    path: "/v1/recipients",
    auth: "owner",
    summary: "Invite a recipient by e-mail",
    body: z.strictObject({ r: idField, email: emailField, label: labelField }),
    response: emptyAnswer,
    status: 201,
    bodyLimit: 262_144,
  }),
  listRecipients: route({
    method: "GET",
    path: "/v1/recipients",
    auth: "owner",
    summary: "The owner's recipients",
    response: z.strictObject({ recipients: z.array(recipientRow).max(1000) }),
    status: 200,
  }),
  /** Sends the invitation again with a fresh link; earlier links of this recipient stop working. */
  reinviteRecipient: route({
    method: "POST",
    path: "/v1/recipients/:r/invite",
    auth: "owner",
    summary: "Send the invitation again",
    params: z.strictObject({ r: idField }),
    response: emptyAnswer,
    status: 202,
  }),
  createBequest: route({
    method: "POST",
    path: "/v1/bequests",
    auth: "owner",
    summary: "Begin a bequest",
    body: z.strictObject({ b: idField, label: labelField }),
    response: emptyAnswer,
    status: 201,
    bodyLimit: 262_144,
  }),
  listBequests: route({
    method: "GET",
    path: "/v1/bequests",
    auth: "owner",
    summary: "The owner's bequests",
    response: z.strictObject({ bequests: z.array(bequestRow).max(1000) }),
    status: 200,
  }),
  putLabel: route({
    method: "PUT",
    path: "/v1/labels/:kind/:id",
    auth: "owner",
    summary: "Replace the sealed label of a bequest or recipient",
    params: z.strictObject({ kind: z.enum(["bequest", "recipient"]), id: idField }),
    body: z.strictObject({ label: labelField, expectedRev: z.int().min(0) }),
    response: z.strictObject({ labelRev: z.int().min(0) }),
    status: 200,
    bodyLimit: 262_144,
  }),
  getLog: route({
    method: "GET",
    path: "/v1/log",
    auth: "owner",
    summary: "The newest log checkpoint and this account's audit leaves with inclusion proofs",
    /** `from`: the tree size this device verified last, 0 where it remembers none. */
    query: z.strictObject({
      after: z.coerce.number().int().min(0).default(0),
      from: z.coerce.number().int().min(0).default(0),
    }),
    response: z.strictObject({
      checkpoint: z.string(),
      /** RFC 6962 §2.1.2 proof from the tree of size `from` to the checkpoint's; empty where `from` is 0 or the same size. */
      consistency: z.array(hashField).max(64),
      leaves: z
        .array(
          z.strictObject({
            leaf: z.string(),
            index: z.int().min(0),
            at: msField,
            action: z.string(),
            proof: z.array(hashField),
          }),
        )
        .max(200),
    }),
    status: 200,
  }),
};
