import * as z from "zod";

/** The largest sealed object that a server takes: from 1 MiB to what the parts of one object can hold together. */
export const objectBytes = z.coerce.number().int().min(1_048_576).max(108_000_000_000);
/** What all objects of one account may take together. */
export const quotaBytes = z.coerce.number().int().min(1_048_576).max(Number.MAX_SAFE_INTEGER);
