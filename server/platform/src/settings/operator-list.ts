import * as z from "zod";

/** Public keys of operators, 43 characters of base64url each, separated by commas. Whether a key is safe its user judges. */
export const operatorList = z
  .string()
  .transform((text) => text.split(",").map((part) => part.trim()))
  .refine((keys) => keys.every((key) => /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/.test(key)))
  .refine((keys) => new Set(keys).size === keys.length);
