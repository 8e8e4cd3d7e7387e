import { idField } from "@afterkeep/statements";
import { z } from "zod";

/** What a registration ticket stands for. */
export const registrationState = z.strictObject({ account: idField, totpSecret: z.string() });
export type RegistrationState = z.infer<typeof registrationState>;

/** Real time to type a code and print a kit. */
export const registrationMs = 30 * 60_000;
/** Wrong codes included. */
export const registrationAttempts = 10;
