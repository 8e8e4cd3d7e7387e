import { join } from "node:path";
import { decodeBase64url } from "@afterkeep/bytes";
import { signingKeyFromSeed } from "@afterkeep/crypto";
import { formatVerifierKey, noteVerifier, type NoteVerifier, signCheckpoint } from "@afterkeep/merkle";
import { type Clock, InvariantError, type Logger, readOrCreateSecret } from "@afterkeep/platform";
import type { Kysely } from "kysely";
import { fsck, type FsckReport } from "./fsck.ts";
import type { AuditSchema } from "./leaf-database.ts";
import { type LogStore, openLogStore } from "./log-store.ts";
import { checkWindow, LogMismatch, sequence } from "./sequencer.ts";
import { rootAt } from "./stored-tree.ts";
import { publishTiles } from "./tile-files.ts";

export type AuditLog = {
  store: LogStore;
  verifier: NoteVerifier;
  verifierKey: string;
  /** Sequences what waits, checks a window of the old, signs and publishes. Answers how many leaves are new; 0 while alarmed. */
  turn(): Promise<number>;
  /** Reads everything again. Raises the alarm on a difference, ends it when all is as it was. */
  fsck(): Promise<FsckReport>;
  close(): void;
};
export type AuditLogOptions = {
  folder: string;
  /** The name under which checkpoints are signed, fixed at the first opening. */
  origin: string;
  db: Kysely<AuditSchema>;
  clock: Clock;
  logger: Logger;
};

const window = 200;

/** Opens the log of a folder, or begins one. */
export async function openAuditLog(options: AuditLogOptions): Promise<AuditLog> {
  const { folder, db, clock, logger } = options;
  const key = signingKeyFromSeed(decodeBase64url(await readOrCreateSecret(join(folder, "log-key"))));
  const store = openLogStore(join(folder, "log.sqlite"));
  const verifier = noteVerifier(store.remember("origin", options.origin), key.publicKey);
  const verifierKey = formatVerifierKey(verifier);
  if (store.remember("verifier-key", verifierKey) !== verifierKey)
    throw new InvariantError("log-key-changed", "The log was signed by another key than the one in its folder.", {
      next: "Restore the auditor's folder as a whole.",
    });
  const alarms = createAlarms(store, clock, logger);
  let checked = 0;

  const signAndPublish = async () => {
    const [size, last] = [store.size(), store.head()];
    if (last?.size === size) return;
    const root = rootAt(store.nodeAt, size);
    const checkpoint = new TextDecoder().decode(signCheckpoint({ origin: verifier.name, size, root }, key));
    await publishTiles(store, join(folder, "tiles"), { from: last?.size ?? 0, to: size }, checkpoint);
    store.saveHead({ size, root, checkpoint });
  };
  const turn = async () => {
    if (alarms.isRaised()) return 0;
    const added = await sequence(db, store);
    checked = checked >= store.size() ? 0 : checked;
    await checkWindow(db, store, checked, Math.min(window, store.size() - checked));
    checked += window;
    await signAndPublish();
    return added;
  };
  return {
    store,
    verifier,
    verifierKey,
    turn: () => alarms.guard(turn),
    fsck: async () => {
      const report = await fsck(db, store, verifier);
      if (!report.isGood) alarms.raise("fsck-failed");
      else alarms.end();
      return report;
    },
    close: () => store.close(),
  };
}

function createAlarms(store: LogStore, clock: Clock, logger: Logger) {
  const raise = (code: string) => {
    if (store.alarm() === null) store.saveAlarm({ code, atMs: clock.nowMs() });
    logger.error({ event: "audit-log-alarm", code }, "the database does not hold what was logged; nothing is signed");
  };
  return {
    raise,
    isRaised: () => {
      const alarm = store.alarm();
      if (alarm !== null) logger.error({ event: "audit-log-alarm", code: alarm.code }, "still nothing is signed");
      return alarm !== null;
    },
    end: () => {
      if (store.alarm() !== null)
        logger.warn({ event: "audit-log-alarm-over" }, "the database holds again what was logged");
      store.saveAlarm(null);
    },
    guard: async (work: () => Promise<number>) => {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof LogMismatch)) throw error;
        raise(error.code);
        return 0;
      }
    },
  };
}
