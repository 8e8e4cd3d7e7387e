import { NotFoundError } from "@afterkeep/platform";
import { toWire } from "../access/wire.ts";
import { inOwnTenant } from "../context/call.ts";
import { readManifests } from "../storage/manifests.ts";
import type { Operation } from "./operation.ts";

export const getManifest: Operation<"getManifest"> = async (call, { params: { b } }) => {
  const [newest] = await inOwnTenant(call, (tx) => readManifests(tx, { b, limit: 1 }));
  if (newest === undefined)
    throw new NotFoundError("manifest-unknown", "There is no manifest yet.", { next: "Seal a document first." });
  return { b: newest.b, g: newest.g, mseq: newest.mseq, body: toWire(newest.body), statement: newest.jws };
};
