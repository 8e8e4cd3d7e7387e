import { idField } from "@afterkeep/statements";
import { z } from "zod";

/** What a sign-in ticket stands for. */
export const signInState = z.strictObject({
  account: idField,
  serverLoginState: z.string(),
  /** What it was counted as, until it succeeds. */
  attempt: z.strictObject({ address: z.string(), account: z.string() }),
});
export type SignInState = z.infer<typeof signInState>;

/** Real time to stretch the passphrase and type a code. */
export const signInMs = 10 * 60_000;
