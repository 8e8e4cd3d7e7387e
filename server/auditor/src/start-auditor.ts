import { decodeBase64url, encodeBase64url } from "@afterkeep/bytes";
import { auditorContract } from "@afterkeep/contracts";
import {
  InputError,
  InvariantError,
  NotFoundError,
  openDatabase,
  serveZone,
  type ZoneRuntime,
} from "@afterkeep/platform";
import { type AuditLog, openAuditLog } from "./audit-log.ts";
import type { AuditSchema } from "./leaf-database.ts";
import { consistencyProof, inclusionProof } from "./stored-tree.ts";
import { startTurns } from "./turns.ts";

/** Real milliseconds between two looks at the database; a full re-reading while alarmed. */
const turnEveryMs = 500;
const fsckEveryMs = 60_000;

export type RunningAuditor = { log: AuditLog; stop(): Promise<void> };

/** Opens the log, reads everything once against the tree, then sequences, signs and answers. */
export async function startAuditor(zone: ZoneRuntime): Promise<RunningAuditor> {
  if (zone.database === undefined) throw new InvariantError("no-database", "The auditor was given no database.");
  const db = openDatabase<AuditSchema>(zone.database, { max: 2 });
  const origin = `${new URL(zone.publicUrl).host}/log`;
  const log = await openAuditLog({ folder: zone.dataDir, origin, db, clock: zone.clock, logger: zone.logger });
  await log.fsck();
  await log.turn();
  const server = await serveZone(auditorContract, { zone, handlers: handlersOf(log) });
  const turns = startTurns({ log, clock: zone.realClock, logger: zone.logger, turnEveryMs, fsckEveryMs });
  return {
    log,
    stop: async () => {
      await turns.stop();
      await server.close();
      await db.destroy();
      log.close();
    },
  };
}

function handlersOf(log: AuditLog) {
  return {
    checkpoint: () => {
      const { checkpoint, size } = signedHead(log);
      return { checkpoint, verifierKey: log.verifierKey, size };
    },
    inclusion: ({ leafHash, size }: { leafHash: string; size: number }) => {
      requireSigned(log, size);
      const index = log.store.indexOf(decodeBase64url(leafHash));
      if (index === null || index >= size)
        throw new NotFoundError("leaf-not-in-log", "This leaf is not in the log yet.");
      return { index, size, proof: inclusionProof(log.store.nodeAt, index, size).map(encodeBase64url) };
    },
    consistency: ({ from, to }: { from: number; to: number }) => {
      requireSigned(log, to);
      if (from > to) throw new InputError("sizes-reversed", "The older size comes first.");
      return { proof: consistencyProof(log.store.nodeAt, from, to).map(encodeBase64url) };
    },
  };
}

function signedHead(log: AuditLog) {
  const head = log.store.head();
  if (head === null) throw new NotFoundError("log-not-signed", "The log has no checkpoint yet.");
  return head;
}

function requireSigned(log: AuditLog, size: number): void {
  if (size > signedHead(log).size) throw new InputError("size-not-signed", "No checkpoint of this size was signed.");
}
