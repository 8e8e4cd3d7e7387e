import { readFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import * as z from "zod";
import { InputError } from "../errors/errors.ts";
import { objectBytes, quotaBytes } from "./byte-limits.ts";
import { clockList } from "./clock-list.ts";
import { operatorList } from "./operator-list.ts";
import { proxyList } from "./proxy-list.ts";
import { type Mode, modes } from "../zone/zone-environment.ts";

const port = z.coerce.number().int().min(1).max(65535);

/** What an operator may set, in the environment or in settings.json of the data folder; the environment wins. */
const operatorSchema = z.strictObject({
  AFTERKEEP_MODE: z.enum(modes).optional(),
  AFTERKEEP_PORT: port.default(8420),
  AFTERKEEP_MAILBOX_PORT: port.default(8421),
  AFTERKEEP_MAILBOX_SMTP_PORT: port.default(8425),
  AFTERKEEP_PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  AFTERKEEP_SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  AFTERKEEP_MAIL_FROM: z.string().min(3).default("Afterkeep <afterkeep@localhost>"),
  AFTERKEEP_KMS_SEAL_FILE: z.string().min(1).optional(),
  AFTERKEEP_KEYHOLDER_SEAL_FILE: z.string().min(1).optional(),
  AFTERKEEP_TRUSTED_PROXIES: proxyList.optional(),
  AFTERKEEP_OPERATORS: operatorList.optional(),
  AFTERKEEP_OUTSIDE_CLOCKS: clockList.optional(),
  AFTERKEEP_OBJECTS: z.string().min(1).optional(),
  AFTERKEEP_MAX_OBJECT_BYTES: objectBytes.optional(),
  AFTERKEEP_QUOTA_BYTES: quotaBytes.optional(),
  AFTERKEEP_LOG_LEVEL: z.enum(["debug", "info", "warn", "error"]).default("info"),
  AFTERKEEP_DEMO_FACTOR: z.coerce.number().min(1).max(10_000_000).optional(),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
});
const names = operatorSchema.keyof().options;

export type Settings = {
  dataDir: string;
  /** Undefined: whatever the data folder remembers, else local. */
  mode?: Mode;
  port: number;
  mailboxPort: number;
  smtpPort: number;
  publicUrl: string;
  smtpUrl?: string;
  mailFrom: string;
  /** By zone: what its key files are sealed with. */
  sealFiles: { kms?: string; keyholder?: string };
  /** Proxies in front of the api, whose word on who asks is taken; empty: nobody's. */
  trustedProxies: string[];
  /** Public keys of those who can freeze everything, two of them together; empty: nobody can. */
  operators: string[];
  /** Addresses of outside clocks; empty: a clock that has caught up is believed. */
  outsideClocks: string[];
  objectsDir: string;
  /** Bytes; undefined: the api's own defaults. */
  maxObjectBytes?: number;
  quotaBytes?: number;
  logLevel: string;
  demoFactor?: number;
  databaseUrl?: string;
};

/**
 * Reads the settings. Throws InputError naming the setting that cannot be meant. Values are never shown in errors: some hold
 * passwords.
 */
export async function loadSettings(env: Record<string, string | undefined>): Promise<Settings> {
  const dataDir = dataFolder(env);
  const fromEnvironment = Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
  const parsed = operatorSchema.safeParse({ ...(await readSettingsFile(dataDir)), ...fromEnvironment });
  if (!parsed.success) throw wrongSetting(parsed.error.issues);
  return settingsOf(dataDir, parsed.data);
}

function settingsOf(dataDir: string, given: z.infer<typeof operatorSchema>): Settings {
  const publicUrl = given.AFTERKEEP_PUBLIC_URL ?? `http://localhost:${given.AFTERKEEP_PORT}`;
  return {
    dataDir,
    ...(given.AFTERKEEP_MODE === undefined ? {} : { mode: given.AFTERKEEP_MODE }),
    port: given.AFTERKEEP_PORT,
    mailboxPort: given.AFTERKEEP_MAILBOX_PORT,
    smtpPort: given.AFTERKEEP_MAILBOX_SMTP_PORT,
    publicUrl: publicUrl.replace(/\/+$/, ""),
    ...(given.AFTERKEEP_SMTP_URL === undefined ? {} : { smtpUrl: given.AFTERKEEP_SMTP_URL }),
    mailFrom: given.AFTERKEEP_MAIL_FROM,
    sealFiles: sealFilesOf(given),
    trustedProxies: given.AFTERKEEP_TRUSTED_PROXIES ?? [],
    operators: given.AFTERKEEP_OPERATORS ?? [],
    outsideClocks: given.AFTERKEEP_OUTSIDE_CLOCKS ?? [],
    objectsDir: given.AFTERKEEP_OBJECTS === undefined ? join(dataDir, "objects") : resolve(given.AFTERKEEP_OBJECTS),
    ...byteLimitsOf(given),
    logLevel: given.AFTERKEEP_LOG_LEVEL,
    ...(given.AFTERKEEP_DEMO_FACTOR === undefined ? {} : { demoFactor: given.AFTERKEEP_DEMO_FACTOR }),
    ...(given.DATABASE_URL === undefined ? {} : { databaseUrl: given.DATABASE_URL }),
  };
}

function byteLimitsOf(given: z.infer<typeof operatorSchema>): Pick<Settings, "maxObjectBytes" | "quotaBytes"> {
  const { AFTERKEEP_MAX_OBJECT_BYTES: maxObjectBytes, AFTERKEEP_QUOTA_BYTES: quotaBytes } = given;
  return {
    ...(maxObjectBytes === undefined ? {} : { maxObjectBytes }),
    ...(quotaBytes === undefined ? {} : { quotaBytes }),
  };
}

function sealFilesOf(given: z.infer<typeof operatorSchema>): Settings["sealFiles"] {
  const { AFTERKEEP_KMS_SEAL_FILE: kms, AFTERKEEP_KEYHOLDER_SEAL_FILE: keyholder } = given;
  return {
    ...(kms === undefined ? {} : { kms: resolve(kms) }),
    ...(keyholder === undefined ? {} : { keyholder: resolve(keyholder) }),
  };
}

/** `AFTERKEEP_DATA`; else /var/lib/afterkeep for root, and the user's data directory (XDG) for others. */
export function dataFolder(env: Record<string, string | undefined>): string {
  if (env["AFTERKEEP_DATA"]) return resolve(env["AFTERKEEP_DATA"]);
  if (process.geteuid?.() === 0) return "/var/lib/afterkeep";
  const xdg = env["XDG_DATA_HOME"];
  // Source: XDG Base Directory Specification, a relative path is to be ignored.
  const base = xdg && isAbsolute(xdg) ? xdg : join(env["HOME"] || userInfo().homedir, ".local", "share");
  return join(base, "afterkeep");
}

async function readSettingsFile(dataDir: string): Promise<Record<string, unknown>> {
  const path = join(dataDir, "settings.json");
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "{}";
    throw error;
  });
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  } catch (cause) {
    throw new InputError("settings-file", `${path} is not a JSON object of settings.`, { cause });
  }
}

function wrongSetting(issues: readonly z.core.$ZodIssue[]): InputError {
  const wrong = issues.flatMap((issue) => (issue.code === "unrecognized_keys" ? issue.keys : issue.path.map(String)));
  return new InputError("wrong-setting", `These settings cannot be meant: ${[...new Set(wrong)].join(", ")}.`, {
    next: `Known settings: AFTERKEEP_DATA, ${names.join(", ")}.`,
  });
}
