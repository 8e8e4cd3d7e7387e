import { z } from "zod";

/** The stable fields of `--json` that the story reads. */
const moment = z.number();
export const created = z.object({ account: z.string(), kit: z.string() });
export const documents = z.object({
  documents: z.array(z.object({ doc: z.string(), name: z.string(), folder: z.string() })),
});
export const recipient = z.object({ r: z.string() });
export const words = z.object({ words: z.array(z.string()).length(8) });
export const bequest = z.object({ b: z.string() });
export const checkedIn = z.object({
  counted: z.literal(true),
  earliestMs: moment.nullable(),
  frozenUntilMs: moment.nullable(),
  epoch: z.number(),
  counter: z.number(),
  rows: z.array(z.object({ b: z.string(), state: z.string(), earliestMs: moment })),
});
/** By a key that may only check in. */
export const checkedInByKey = checkedIn.extend({
  countedFor: z.array(z.object({ b: z.string(), untilMs: moment })),
});
export const delegateMade = z.object({ key: z.string().length(43), file: z.string() });
export const delegates = z.object({ delegates: z.array(z.object({ key: z.string() })) });
export const delegateFile = z.object({
  keyholder: z.object({ publicKey: z.string() }),
  head: z.object({ seq: z.number() }),
  seen: z.object({ epoch: z.number(), counter: z.number() }),
});
export const status = z.object({
  now: moment,
  switches: z.array(
    z.object({
      b: z.string(),
      state: z.string(),
      waitsFor: z.string(),
      frozenUntilMs: moment.nullable(),
      earliestMs: moment.nullable(),
      slots: z.array(z.object({ r: z.string(), stage: z.string() })),
    }),
  ),
});
export const releases = z.object({ releases: z.array(z.object({ b: z.string(), stage: z.string() })) });
export const opened = z.object({
  message: z.string(),
  older: z.boolean(),
  files: z.array(z.object({ doc: z.string(), file: z.string(), bytes: z.number() })),
});
export const failed = z.object({ error: z.object({ code: z.string(), message: z.string() }) });
export const operatorKey = z.object({ publicKey: z.string().length(43), made: z.boolean() });
export const order = z.object({ order: z.string(), what: z.enum(["freeze", "thaw"]) });
export const freeze = z.object({ isFrozen: z.boolean(), untilMs: moment.nullable(), leftMs: moment, more: moment });
export const log = z.object({
  size: z.number(),
  leaves: z.array(z.object({ action: z.string(), verified: z.literal(true) })),
});
