import * as z from "zod";

const ownerName = z.string().min(1).max(120);
const token = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
const ms = z.int().min(0);

/**
 * What a mail says, before it is put into words. Tokens go into the fragment of its link. The owner's public name and
 * addresses are the only personal text; dates are product time in ms.
 */
export const mailContent = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("verify-email"), ownerName, token }),
  z.strictObject({ kind: z.literal("invitation"), ownerName, token }),
  z.strictObject({ kind: z.literal("fresh-link"), ownerName, token }),
  z.strictObject({ kind: z.literal("recipient-accepted"), recipientEmail: z.email().max(254) }),
  z.strictObject({ kind: z.literal("reminder"), ownerName, token, earliestMs: ms }),
  z.strictObject({ kind: z.literal("grace-reminder"), ownerName, token, earliestMs: ms }),
  z.strictObject({ kind: z.literal("request-reminder"), ownerName, token, earliestMs: ms }),
  z.strictObject({ kind: z.literal("loosening"), ownerName, bindsAtMs: ms }),
  z.strictObject({ kind: z.literal("held"), ownerName, untilMs: ms }),
  z.strictObject({ kind: z.literal("release"), ownerName, token, decidedAtMs: ms }),
  z.strictObject({ kind: z.literal("release-begun"), ownerName, decidedAtMs: ms, recipients: z.int().min(1).max(64) }),
  z.strictObject({ kind: z.literal("withdrawn"), ownerName }),
]);
export type MailContent = z.infer<typeof mailContent>;
export type MailKind = MailContent["kind"];

/** What is sealed in an outbox row. */
export const outgoingMail = z.strictObject({ to: z.email().max(254), content: mailContent });
export type OutgoingMail = z.infer<typeof outgoingMail>;
