import type * as real from "../../storage/document-metadata.ts";
import { statementIn } from "./memory-database.ts";

/* As documents.ts beside this: there are none. */

export const readRevs: typeof real.readRevs = async (tx, keys) =>
  statementIn(tx, async () => {
    if (keys.length > 0) throw new Error("documents are not in memory");
    return [];
  });

export const readMetadata: typeof real.readMetadata = async () => {
  throw new Error("documents are not in memory");
};

export const insertRevisions: typeof real.insertRevisions = async (_tx, _tenant, revisions) => {
  if (revisions.length > 0) throw new Error("documents are not in memory");
};

export const deleteUnnamedRevisions: typeof real.deleteUnnamedRevisions = async (tx) => statementIn(tx, async () => {});
