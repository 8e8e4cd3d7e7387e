import { type Afterkeep, createAfterkeep } from "@afterkeep/sdk";
import { openHome } from "./home.ts";
import { leanFetch } from "./lean-fetch.ts";
import type { Terminal } from "./terminal.ts";
import { type FileJournal, openUploadJournal } from "./upload-journal.ts";
import { openUploadLocks } from "./upload-locks.ts";

export type GlobalOptions = { readonly server?: string; readonly json?: boolean };

/** What every command gets. */
export type CliContext = {
  readonly afterkeep: Afterkeep;
  readonly terminal: Terminal;
  readonly home: string;
  readonly journal: FileJournal;
  readonly server: string;
  /** Ends what is under way when the person presses Ctrl-C. */
  readonly signal: AbortSignal;
};

const defaultServer = "http://localhost:8420";

/** @param options `--server`, else AFTERKEEP_SERVER, else the one this device knows, else the local one */
export async function openContext(
  terminal: Terminal,
  options: GlobalOptions,
  signal: AbortSignal,
): Promise<CliContext> {
  const home = await openHome(terminal.env);
  const known = (await home.store.load())?.server;
  const serverUrl = (options.server ?? terminal.env["AFTERKEEP_SERVER"] ?? known ?? defaultServer).replace(/\/+$/, "");
  const journal = await openUploadJournal(home.path);
  const locks = openUploadLocks(home.path);
  const { store } = home;
  const afterkeep = createAfterkeep({ serverUrl, channel: "bearer", store, journal, locks, fetch: leanFetch });
  return { afterkeep, terminal, home: home.path, journal, server: serverUrl, signal };
}
