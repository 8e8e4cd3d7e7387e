import { readFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import type { Settings } from "@afterkeep/platform";
import type { Supervised } from "./supervise.ts";

/** What a person reads when everything is up. */
export async function announce({ folderMode, folder }: Supervised, settings: Settings): Promise<string> {
  const fingerprint = await keyholderFingerprint(folder.path);
  const lines = [
    "",
    `Afterkeep is ready: ${settings.publicUrl}`,
    ...(folderMode.mode === "production"
      ? []
      : [`  Mailbox (${folderMode.mode} mode): http://localhost:${settings.mailboxPort}`]),
    ...(fingerprint === null ? [] : [`  Keyholder's key: ${fingerprint}`]),
    ...(folderMode.demo === undefined ? [] : [`  Demo clock: ${folderMode.demo.factor} times as fast as real time`]),
    `  Data: ${folder.path}`,
    `  Logs: ${folder.logs}`,
    `  All zones run as the OS user ${userName()}: processes, identities and database roles keep them apart here, the`,
    "  operating system does not. Whoever takes over that user has them all.",
    "  Stop with Ctrl-C.",
    "",
  ];
  return lines.join("\n");
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A number without an entry, as containers have it.
    return String(process.getuid?.());
  }
}

async function keyholderFingerprint(dataDir: string): Promise<string | null> {
  const text = await readFile(join(dataDir, "keyholder", "public.json"), "utf8").catch(() => "null");
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed !== "object" || parsed === null || !("fingerprint" in parsed)) return null;
  return typeof parsed.fingerprint === "string" ? parsed.fingerprint : null;
}
