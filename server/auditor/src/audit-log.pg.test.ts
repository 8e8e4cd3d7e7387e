import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { newId } from "@afterkeep/bytes";
import {
  decodeEntryBundle,
  leafHash,
  parseVerifierKey,
  rootOfLeaves,
  tileHashes,
  verifyCheckpoint,
  verifyConsistency,
} from "@afterkeep/merkle";
import { appendAudit } from "@afterkeep/platform";
import { sql } from "kysely";
import { describe, expect, it } from "vitest";
import type { AuditSchema } from "./leaf-database.ts";
import { sequence } from "./sequencer.ts";
import { consistencyProof } from "./stored-tree.ts";
import { withAuditedDatabase } from "./testing/an-audited-database.ts";

const reads = async (path: string) => new Uint8Array(await readFile(path));

describe("the audit log", () => {
  it("signs a checkpoint over exactly the committed leaves, which anybody can rebuild from the tiles", () =>
    withAuditedDatabase(async ({ log, folder, addLeaves, database }) => {
      await addLeaves(300);
      await log.turn();
      const signed = verifyCheckpoint(await reads(join(folder, "tiles/checkpoint")), parseVerifierKey(log.verifierKey));
      const rows = (await database.pool("superuser").query("select leaf from audit_leaf order by id")).rows;
      const hashes = rows.map(({ leaf }: { leaf: Buffer }) => leafHash(leaf));
      expect(signed.size).toBe(300);
      expect(Buffer.from(signed.root)).toEqual(Buffer.from(rootOfLeaves(hashes)));
      const tiles = [
        ...tileHashes(await reads(join(folder, "tiles/tile/0/000"))),
        ...tileHashes(await reads(join(folder, "tiles/tile/0/001.p/44"))),
      ];
      expect(tiles.map((hash) => Buffer.from(hash))).toEqual(hashes.map((hash) => Buffer.from(hash)));
      const entries = decodeEntryBundle(await reads(join(folder, "tiles/tile/entries/001.p/44")));
      expect(Buffer.from(entries[43] ?? [])).toEqual(rows[299].leaf);
      expect(tileHashes(await reads(join(folder, "tiles/tile/1/000.p/1")))).toHaveLength(1);
    }));

  it("grows by consistent checkpoints and signs nothing new when nothing happened", () =>
    withAuditedDatabase(async ({ log, addLeaves }) => {
      await addLeaves(5);
      expect(await log.turn()).toBe(5);
      const before = log.store.head();
      expect(await log.turn()).toBe(0);
      expect(log.store.head()).toEqual(before);
      await addLeaves(4);
      await log.turn();
      const after = log.store.head();
      const proof = consistencyProof(log.store.nodeAt, 5, 9);
      expect(verifyConsistency(5, 9, proof, before?.root ?? new Uint8Array(), after?.root ?? new Uint8Array())).toBe(
        true,
      );
    }));

  it("takes a leaf that commits late, after a higher number was sequenced", () =>
    withAuditedDatabase(async ({ log, database, addLeaves }) => {
      const slow = database.kysely<AuditSchema>("ak_api");
      const tenant = newId(7);
      const entry = { at: 1, account: tenant, actor: "owner", actorId: "", action: "slow.one", resource: "", requestId: "" } as const; // prettier-ignore
      let finish = () => {};
      let started = () => {};
      const isStarted = new Promise<void>((resolve) => (started = resolve));
      const late = slow.transaction().execute(async (trx) => {
        await sql`select set_config('ak.tenant', ${Buffer.from(tenant, "base64url").toString("hex")}, true)`.execute(
          trx,
        );
        await appendAudit(trx, entry);
        started();
        await new Promise<void>((resolve) => (finish = resolve));
      });
      await isStarted;
      await addLeaves(2);
      expect(await log.turn()).toBe(2);
      finish();
      await late;
      expect(await log.turn()).toBe(1);
      const { rows } = await database.pool("superuser").query("select id, sequence_index from audit_leaf order by id");
      expect(rows).toEqual([
        { id: 1, sequence_index: 2 },
        { id: 2, sequence_index: 0 },
        { id: 3, sequence_index: 1 },
      ]);
      expect((await log.fsck()).isGood).toBe(true);
    }));

  it("gives every leaf one place when two sequencers run at once", () =>
    withAuditedDatabase(async ({ log, database, addLeaves }) => {
      await addLeaves(20);
      const db = database.kysely<AuditSchema>("ak_auditor");
      await Promise.all([sequence(db, log.store), sequence(db, log.store), sequence(db, log.store)]);
      expect(log.store.size()).toBe(20);
      await log.turn();
      expect((await log.fsck()).isGood).toBe(true);
    }));

  it("finishes what a crash between its own store and the database left undone", () =>
    withAuditedDatabase(async ({ log, tamper, addLeaves, reopen, alarms }) => {
      await addLeaves(6);
      await log.turn();
      await tamper("update audit_leaf set sequence_index = null where sequence_index >= 4");
      const again = await reopen();
      expect(await again.turn()).toBe(0);
      expect((await again.fsck()).isGood).toBe(true);
      expect(alarms).toEqual([]);
    }));
});

describe("a database that no longer holds what was logged", () => {
  const attacks = [
    ["one altered byte", "update audit_leaf set leaf = set_byte(leaf, 3, 0) where sequence_index = 1"],
    ["one removed leaf", "delete from audit_leaf where sequence_index = 1"],
    ["two leaves whose places were swapped",
      "update audit_leaf set sequence_index = 900 where sequence_index = 1; update audit_leaf set sequence_index = 1 where sequence_index = 2; update audit_leaf set sequence_index = 2 where sequence_index = 900"],
    ["two leaves whose contents were swapped",
      "update audit_leaf a set leaf = b.leaf from audit_leaf b where (a.sequence_index, b.sequence_index) in ((1, 2), (2, 1))"],
    ["a leaf put in between",
      "update audit_leaf set sequence_index = sequence_index + 1000 where sequence_index >= 1; update audit_leaf set sequence_index = sequence_index - 999 where sequence_index >= 1000; insert into audit_leaf (at, leaf, sequence_index) values (1, 'forged', 1)"],
    ["a leaf put at the end", "insert into audit_leaf (at, leaf, sequence_index) values (1, 'forged', 400)"],
    ["a leaf that lost its place", "update audit_leaf set sequence_index = null where sequence_index = 1"],
    ["a database set back", "delete from audit_leaf where id > 200; alter sequence audit_leaf_id_seq restart with 201"],
    ["a database set back by as much as is added afterwards", "delete from audit_leaf where id > 397; alter sequence audit_leaf_id_seq restart with 398"],
    ["an empty database", "delete from audit_leaf"],
  ] as const; // prettier-ignore

  it.each(attacks)("is noticed: %s", (_what, attack) =>
    withAuditedDatabase(async ({ log, tamper, addLeaves, reopen, alarms }) => {
      await addLeaves(400);
      await log.turn();
      const before = log.store.head();
      await tamper(attack);
      const report = await log.fsck();
      expect(report.isGood).toBe(false);
      expect(report.findings.length + (report.isRootSame ? 0 : 1)).toBeGreaterThan(0);
      expect(alarms).toContain("fsck-failed");
      await addLeaves(1);
      expect(await log.turn()).toBe(0);
      expect(await (await reopen()).turn()).toBe(0);
      expect((await reopen()).store.head()).toEqual(before);
    }),
  );

  it.each(attacks)("is noticed by the rolling check too, without reading everything at once: %s", (_what, attack) =>
    withAuditedDatabase(async ({ log, tamper, addLeaves, alarms }) => {
      await addLeaves(400);
      await log.turn();
      const before = log.store.head();
      await tamper(attack);
      await addLeaves(3);
      for (let round = 0; round < 3; round++) await log.turn();
      expect(alarms.length).toBeGreaterThan(0);
      expect(log.store.alarm()).not.toBeNull();
      expect(before?.size).toBe(400);
      for (let round = 0; round < 2; round++) expect(await log.turn()).toBe(0);
    }),
  );

  it("is believed again only after everything was read and found as it was", () =>
    withAuditedDatabase(async ({ log, tamper, addLeaves }) => {
      await addLeaves(3);
      await log.turn();
      await tamper("create table kept as select * from audit_leaf; delete from audit_leaf where sequence_index = 1");
      expect((await log.fsck()).isGood).toBe(false);
      await addLeaves(1);
      expect(await log.turn()).toBe(0);
      await tamper("insert into audit_leaf overriding system value select * from kept where sequence_index = 1");
      expect((await log.fsck()).isGood).toBe(true);
      expect(await log.turn()).toBe(1);
    }));
});
