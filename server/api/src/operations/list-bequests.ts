import { toWire } from "../access/wire.ts";
import { inOwnTenant } from "../context/call.ts";
import { listBequestRows } from "../storage/bequests.ts";
import type { Operation } from "./operation.ts";

export const listBequests: Operation<"listBequests"> = async (call) => {
  const rows = await inOwnTenant(call, listBequestRows);
  return {
    bequests: rows.map((row) => ({
      b: row.b,
      label: toWire(row.label),
      labelRev: row.label_rev,
      createdAt: row.created_at,
    })),
  };
};
