import { createHash } from "node:crypto";
import { newId } from "@afterkeep/bytes";
import { auditorContract } from "@afterkeep/contracts";
import { leafHash, parseVerifierKey, verifyCheckpoint, verifyConsistency, verifyInclusion } from "@afterkeep/merkle";
import { appendAudit, connectZone, inTenant } from "@afterkeep/platform";
import { type TestDatabase, withDatabase, withMachine } from "@afterkeep/platform/testing";
import { describe, expect, it } from "vitest";
import type { AuditSchema } from "./leaf-database.ts";
import { startAuditor } from "./start-auditor.ts";

const tenant = newId(1);
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, "base64url"));

async function addLeaf(database: TestDatabase, requestId: string): Promise<Uint8Array> {
  const entry = { at: 1, account: tenant, actor: "owner", actorId: tenant, action: "test.done", resource: "", requestId } as const; // prettier-ignore
  return inTenant(database.kysely<AuditSchema>("ak_api"), { tenant, actor: null }, (trx) => appendAudit(trx, entry));
}

describe("the auditor zone", () => {
  it("answers the api with checkpoint and proofs that verify, and keeps its key over a restart", () =>
    withMachine((machine) =>
      withDatabase(async (database) => {
        const leaves = [await addLeaf(database, "1"), await addLeaf(database, "2"), await addLeaf(database, "3")];
        const zone = await machine.zone("auditor", { database: database.config("ak_auditor") });
        const first = await startAuditor(zone);
        const api = connectZone(auditorContract, { zone: await machine.zone("api"), to: "auditor" });
        const old = await api.checkpoint({});
        const head = verifyCheckpoint(Buffer.from(old.checkpoint), parseVerifierKey(old.verifierKey));
        for (const [index, leaf] of leaves.entries()) {
          const hash = leafHash(leaf);
          const proof = await api.inclusion({ leafHash: Buffer.from(hash).toString("base64url"), size: 3 });
          expect(proof.index).toBe(index);
          expect(verifyInclusion(hash, index, 3, proof.proof.map(bytesOf), head.root)).toBe(true);
        }
        await first.stop();
        await addLeaf(database, "4");
        const second = await startAuditor(zone);
        const now = await api.checkpoint({});
        expect(now.verifierKey).toBe(old.verifierKey);
        const newHead = verifyCheckpoint(Buffer.from(now.checkpoint), parseVerifierKey(old.verifierKey));
        const { proof } = await api.consistency({ from: 3, to: 4 });
        expect(verifyConsistency(3, 4, proof.map(bytesOf), head.root, newHead.root)).toBe(true);
        await api.close();
        await second.stop();
      }),
    ));

  it("refuses what it does not know or did not sign, and every zone that has no business with it", () =>
    withMachine((machine) =>
      withDatabase(async (database) => {
        const running = await startAuditor(await machine.zone("auditor", { database: database.config("ak_auditor") }));
        const api = connectZone(auditorContract, { zone: await machine.zone("api"), to: "auditor" });
        const unknown = createHash("sha256").update("x").digest("base64url");
        expect((await api.checkpoint({})).size).toBe(0);
        await expect(api.inclusion({ leafHash: unknown, size: 0 })).rejects.toThrow(/leaf-not-in-log/);
        await expect(api.inclusion({ leafHash: unknown, size: 1 })).rejects.toThrow(/size-not-signed/);
        await expect(api.consistency({ from: 1, to: 0 })).rejects.toThrow(/sizes-reversed/);
        await expect(api.consistency({ from: 0, to: 9 })).rejects.toThrow(/size-not-signed/);
        const keyholder = connectZone(auditorContract, { zone: await machine.zone("keyholder"), to: "auditor" });
        await expect(keyholder.checkpoint({})).rejects.toThrow(/caller-not-allowed/);
        await Promise.all([api.close(), keyholder.close()]);
        await running.stop();
      }),
    ));
});
