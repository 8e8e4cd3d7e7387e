import { chmod, mkdir, readFile, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { ProfileStore, StoredProfile, StoredSecrets } from "@afterkeep/sdk";
import { writeDurably } from "./private-file.ts";
import { UsageError } from "./usage-error.ts";

export type Home = { readonly path: string; readonly store: ProfileStore };

/**
 * The folder where this device remembers, this user's alone (0700, whatever it was before). Throws UsageError if it belongs to another.
 * @param env `AFTERKEEP_HOME`, else the user's configuration folder
 */
export async function openHome(env: Readonly<Record<string, string | undefined>>): Promise<Home> {
  const base = env["XDG_CONFIG_HOME"] ?? join(env["HOME"] ?? homedir(), ".config");
  const path = env["AFTERKEEP_HOME"] ?? join(base, "afterkeep");
  await mkdir(path, { recursive: true, mode: 0o700 });
  await keepAlone(path);
  return { path, store: fileStore(path) };
}

/** Why: whoever owns the folder, or may write into it, can put their own profile and journals in place of this device's. */
async function keepAlone(path: string): Promise<void> {
  const { uid, mode } = await stat(path);
  if (uid !== process.getuid?.())
    throw new UsageError(`${path} belongs to another user. Name a folder of your own in AFTERKEEP_HOME.`);
  if ((mode & 0o077) !== 0) await chmod(path, 0o700);
}

/**
 * Two files: what may be shown (`profile.json`) and what may not (`secrets.json`: the device's key, the session, the root key while
 * signed in, recipients' keys). Both 0600; whoever can read them has this device.
 */
function fileStore(folder: string): ProfileStore {
  const profile = join(folder, "profile.json");
  const secrets = join(folder, "secrets.json");
  return {
    load: async () => (await readRecord(profile)) as StoredProfile | null,
    save: (value) => writeDurably(profile, `${JSON.stringify(value, null, 2)}\n`),
    loadSecrets: async () => (await readRecord(secrets)) as StoredSecrets | null,
    saveSecrets: (value) => writeDurably(secrets, `${JSON.stringify(value)}\n`),
  };
}

async function readRecord(path: string): Promise<object | null> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (text === null) return null;
  const value: unknown = JSON.parse(text);
  if (typeof value === "object" && value !== null && "v" in value && value.v === 1) return value;
  throw new UsageError(`${path} is not a file of this version of afterkeep.`);
}
