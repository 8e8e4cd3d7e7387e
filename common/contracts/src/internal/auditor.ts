import { countField, hashField } from "@afterkeep/statements";
import { z } from "zod";
import { zoneMethod } from "./zone-contract.ts";

/** The log's public face. `checkpoint` is a C2SP signed note. */
export const auditorContract = {
  checkpoint: zoneMethod({
    callers: ["api", "clock", "supervisor"],
    request: z.strictObject({}),
    response: z.strictObject({ checkpoint: z.string().max(4096), verifierKey: z.string().max(512), size: countField }),
  }),
  inclusion: zoneMethod({
    callers: ["api"],
    request: z.strictObject({ leafHash: hashField, size: countField }),
    response: z.strictObject({ index: countField, size: countField, proof: z.array(hashField).max(64) }),
  }),
  consistency: zoneMethod({
    callers: ["api"],
    request: z.strictObject({ from: countField, to: countField }),
    response: z.strictObject({ proof: z.array(hashField).max(64) }),
  }),
} as const;
