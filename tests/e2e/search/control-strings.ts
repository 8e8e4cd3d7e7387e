import { appendFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createMailer } from "@afterkeep/platform";
import type { Pool } from "pg";

/** What is put everywhere on purpose: a search that does not find it has not searched. */
export const controlText = "Kontrollsatz Nr. 4711: überall hinterlegt";

/** Puts the control text where the product itself writes while it runs: a table and a mail. */
export async function plantWhileRunning(pool: Pool, smtpUrl: string): Promise<void> {
  await pool.query(
    "create schema control_place; create table control_place.scratch (plain text, bytes bytea, long text)",
  );
  // Why a long one too: PostgreSQL compresses it, so its files show only part of what a dump shows.
  await pool.query("insert into control_place.scratch values ($1, $2, $3)", [
    ...[controlText, Buffer.from(`bytes of ${controlText}`), `${controlText} `.repeat(500)],
  ]);
  await pool.query("checkpoint");
  const mailer = createMailer({ smtpUrl, from: "control@example.org" });
  await mailer.sendMail({ to: "control@example.org", subject: controlText, text: `${controlText}\n`.repeat(3) });
  mailer.close();
}

/** Puts it into the stopped product's folders: a line into every log, a file into every other folder. Answers their names. */
export async function plantWhileStopped(data: string): Promise<string[]> {
  const entries = await readdir(data, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  for (const folder of folders) await writeFile(join(data, folder, "control.txt"), controlText);
  const logs = (await readdir(join(data, "logs"))).filter((name) => name.endsWith(".log"));
  for (const log of logs) await appendFile(join(data, "logs", log), `${JSON.stringify({ message: controlText })}\n`);
  return [...folders.map((folder) => `${folder}/control.txt`), ...logs.map((log) => `logs/${log}`)];
}
