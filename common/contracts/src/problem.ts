import { z } from "zod";

/** RFC 9457. `next` says what the person can do; `requestId` is what they may quote to the operator. */
export const problem = z.strictObject({
  type: z.string().startsWith("urn:afterkeep:error:"),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  next: z.string(),
  requestId: z.string(),
});
export type Problem = z.infer<typeof problem>;
