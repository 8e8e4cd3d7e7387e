import { objectBytes, quotaBytes } from "../settings/byte-limits.ts";
import { clockList } from "../settings/clock-list.ts";
import { operatorList } from "../settings/operator-list.ts";
import { proxyList } from "../settings/proxy-list.ts";
import * as z from "zod";
import { InvariantError } from "../errors/errors.ts";
import { zoneNames } from "./zone-names.ts";

export const modes = ["local", "production", "demo"] as const;
/** What a data folder is used for; remembered by it. */
export type Mode = (typeof modes)[number];

const port = z.coerce.number().int().min(1).max(65535);

/** What the supervisor tells a zone, and all that it tells. */
const environmentSchema = z.object({
  AFTERKEEP_ZONE: z.enum(zoneNames),
  AFTERKEEP_MODE: z.enum(modes),
  AFTERKEEP_ZONE_DATA: z.string().min(1),
  AFTERKEEP_RUN: z.string().min(1),
  AFTERKEEP_IDENTITY: z.string().min(1),
  AFTERKEEP_PUBLIC_URL: z.url(),
  AFTERKEEP_PORT: port.default(8420),
  AFTERKEEP_MAILBOX_PORT: port.default(8421),
  AFTERKEEP_MAILBOX_SMTP_PORT: port.default(8425),
  AFTERKEEP_DATABASE_FILE: z.string().min(1).optional(),
  AFTERKEEP_SMTP_URL: z.url().optional(),
  AFTERKEEP_MAIL_FROM: z.string().min(3),
  AFTERKEEP_SEAL_FILE: z.string().min(1).optional(),
  AFTERKEEP_TRUSTED_PROXIES: proxyList.optional(),
  AFTERKEEP_OPERATORS: operatorList.optional(),
  AFTERKEEP_OUTSIDE_CLOCKS: clockList.optional(),
  AFTERKEEP_OBJECTS: z.string().min(1).optional(),
  AFTERKEEP_MAX_OBJECT_BYTES: objectBytes.optional(),
  AFTERKEEP_QUOTA_BYTES: quotaBytes.optional(),
  AFTERKEEP_WEB_DIST: z.string().min(1).optional(),
  AFTERKEEP_LOG_LEVEL: z.enum(["debug", "info", "warn", "error"]).default("info"),
  AFTERKEEP_DEMO_FACTOR: z.coerce.number().positive().optional(),
  AFTERKEEP_DEMO_EPOCH_MS: z.coerce.number().int().positive().optional(),
});
export type ZoneEnvironment = z.infer<typeof environmentSchema>;
/** The environment that a zone is started with, as text. */
export type ZoneVariables = { [Name in keyof ZoneEnvironment]?: string };

/** Reads the environment. Throws InvariantError naming what is missing: the supervisor and the zone then disagree. */
export function parseZoneEnvironment(env: Record<string, string | undefined>): ZoneEnvironment {
  const parsed = environmentSchema.safeParse(env);
  if (parsed.success) return parsed.data;
  const names = parsed.error.issues.map((issue) => issue.path.join(".")).join(", ");
  throw new InvariantError("zone-environment", `The zone's environment is incomplete or wrong: ${names}.`, {
    cause: parsed.error,
  });
}
