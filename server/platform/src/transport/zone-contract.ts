import * as z from "zod";
import type { ZoneName } from "../zone/zone-names.ts";

/** One call between zones: what goes in, what comes out, and who may make it. */
export type ZoneMethod = { request: z.ZodType; response: z.ZodType; callers: readonly ZoneName[] };
/** Plain data, so that whoever defines one needs nothing but Zod. Method names are path segments. */
export type ZoneContract = { readonly [method: string]: ZoneMethod };

/** What the caller of a method passes, before defaults. */
export type RequestOf<Method extends ZoneMethod> = z.input<Method["request"]>;
/** What a handler gets. */
export type ParsedRequestOf<Method extends ZoneMethod> = z.output<Method["request"]>;
/** What a handler returns. */
export type AnswerOf<Method extends ZoneMethod> = z.input<Method["response"]>;
/** What the caller gets. */
export type ResponseOf<Method extends ZoneMethod> = z.output<Method["response"]>;

/** Who is asking, as the certificate says, and the id that stands in both logs. */
export type CallContext = { caller: ZoneName; requestId: string };
export type ZoneHandler<Method extends ZoneMethod> = (
  request: ParsedRequestOf<Method>,
  context: CallContext,
) => Promise<AnswerOf<Method>> | AnswerOf<Method>;
export type ZoneHandlers<Contract extends ZoneContract> = { [Name in keyof Contract]: ZoneHandler<Contract[Name]> };

/** Every zone answers this to every other. */
export const healthMethod = {
  request: z.strictObject({}),
  response: z.strictObject({ ok: z.literal(true) }),
  callers: ["api", "clock", "keyholder", "kms", "auditor", "mailbox", "supervisor", "operator"],
} as const satisfies ZoneMethod;
