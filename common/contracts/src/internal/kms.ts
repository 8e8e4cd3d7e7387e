import { hashField, idField } from "@afterkeep/statements";
import { z } from "zod";
import { zoneMethod } from "./zone-contract.ts";

const wrapped = z.string().min(1).max(1024);

/** Tenant DEKs are made and unwrapped here, rate-limited and counted; the KEK never leaves. */
export const kmsContract = {
  createDek: zoneMethod({
    callers: ["api"],
    request: z.strictObject({ tenant: idField }),
    response: z.strictObject({ dek: hashField, wrapped }),
  }),
  unwrapDek: zoneMethod({
    callers: ["api", "clock"],
    request: z.strictObject({ tenant: idField, wrapped }),
    response: z.strictObject({ dek: hashField }),
  }),
  /** Secrets of the api zone that live outside the database and its backups (protocol §1): OPAQUE setup, blind-index key. */
  apiSecrets: zoneMethod({
    callers: ["api"],
    request: z.strictObject({}),
    response: z.strictObject({ opaqueServerSetup: z.string().min(1).max(4096), blindIndexKey: hashField }),
  }),
} as const;
