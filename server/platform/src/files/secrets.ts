import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { makePrivateFolder, writePrivateFile } from "./private-files.ts";

/** The secret kept in a 0600 file: 32 random bytes as base64url, made when the file is missing. */
export async function readOrCreateSecret(path: string): Promise<string> {
  const kept = await readFile(path, "utf8").catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  });
  if (kept !== null) return kept.trim();
  const secret = randomBytes(32).toString("base64url");
  await makePrivateFolder(dirname(path));
  await writePrivateFile(path, secret);
  return secret;
}
