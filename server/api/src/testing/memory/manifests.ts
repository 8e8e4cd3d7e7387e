import type * as real from "../../storage/manifests.ts";
import { DatabaseError, type MemoryTransaction, statementIn } from "./memory-database.ts";
import { keyOf } from "./memory-rows.ts";

/** As many of one generation are kept as the keyholder keeps hashes of. */
export const keptManifests = 16;

const ownManifests = (own: MemoryTransaction) => own.rowsUnder(own.tables.manifest, "tenant", own.tenant ?? "");

export const insertManifest: typeof real.insertManifest = async (tx, row) =>
  statementIn(tx, async (own) => {
    const { manifest, statement } = own.tables;
    own.requireSeen(row.tenant, manifest.name);
    const place = keyOf.manifest(row);
    if (!(await own.isFree(manifest, place))) return false;
    const signed = keyOf.statement(row.tenant, row.statement_id);
    // Why not waited for: one that is not committed yet is not there.
    if (own.get(statement, signed) === undefined) throw new DatabaseError("manifest_tenant_statement_id_fkey");
    await own.share(statement, signed);
    own.write(manifest, place, row);
    return true;
  });

export const isManifestStored: typeof real.isManifestStored = async (tx, id) =>
  statementIn(tx, async (own) => {
    const found = own.rowsUnder(own.tables.manifest, "statement", keyOf.offer(own.tenant ?? "", id));
    return found.length > 0;
  });

export const deleteOldManifests: typeof real.deleteOldManifests = async (tx, { b, g }) =>
  statementIn(tx, async (own) => {
    const { manifest } = own.tables;
    const ofIt = ownManifests(own).filter(([, row]) => row.b === b && row.g === g);
    for (const [key] of ofIt.sort(([, x], [, y]) => y.mseq - x.mseq).slice(keptManifests)) {
      await own.lock(manifest, key);
      if (own.get(manifest, key) !== undefined) own.remove(manifest, key);
    }
  });

export const readManifests: typeof real.readManifests = async (tx, { b, g, limit }) =>
  statementIn(tx, async (own) => {
    const ofIt = ownManifests(own)
      .map(([, row]) => row)
      .filter((row) => row.b === b && (g === undefined || row.g === g));
    return ofIt
      .sort((x, y) => y.g - x.g || y.mseq - x.mseq)
      .flatMap((row) => {
        const signed = own.get(own.tables.statement, keyOf.statement(row.tenant, row.statement_id));
        return signed === undefined ? [] : [{ ...row, jws: signed.jws }];
      })
      .slice(0, limit);
  });
