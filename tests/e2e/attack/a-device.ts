import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type Afterkeep,
  createAfterkeep,
  type ProfileStore,
  type StoredProfile,
  type StoredSecrets,
} from "@afterkeep/sdk";
import type { Person } from "../../../scripts/stage/person.ts";

/** The SDK on the very files of a person's command line: each call is the same device, just started. */
export function aDevice(person: Person, serverUrl: string): Afterkeep {
  return createAfterkeep({ serverUrl, channel: "bearer", store: storeOf(person) });
}

export function storeOf(person: Person): ProfileStore {
  const [profile, secrets] = ["profile.json", "secrets.json"].map((name) => join(person.folder, "profile", name));
  return {
    load: () => readRecord<StoredProfile>(profile),
    save: (next) => writeFile(profile ?? "", JSON.stringify(next), { mode: 0o600 }),
    loadSecrets: () => readRecord<StoredSecrets>(secrets),
    saveSecrets: (next) => writeFile(secrets ?? "", JSON.stringify(next), { mode: 0o600 }),
  };
}

/** What a device remembers; throws where it remembers nothing. */
export async function rememberedBy(person: Person): Promise<{ profile: StoredProfile; secrets: StoredSecrets }> {
  const store = storeOf(person);
  const [profile, secrets] = [await store.load(), await store.loadSecrets()];
  if (profile === null || secrets === null) throw new Error(`${person.name}'s device remembers nothing`);
  return { profile, secrets };
}

async function readRecord<T>(path: string | undefined): Promise<T | null> {
  const text = await readFile(path ?? "", "utf8").catch(() => null);
  return text === null ? null : (JSON.parse(text) as T);
}
