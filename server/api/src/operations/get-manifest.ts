import { NotFoundError } from "@afterkeep/platform";
import { toWire } from "../access/wire.ts";
import { inOwnTenant } from "../context/call.ts";
import { readManifests } from "../storage/manifests.ts";
import type { Operation } from "./operation.ts";

/** With `g`, only of that generation: an arming that broke off leaves a newer one behind which never bound. */
export const getManifest: Operation<"getManifest"> = async (call, { params: { b }, query: { g } }) => {
  const which = { b, limit: 1, ...(g === undefined ? {} : { g }) };
  const [newest] = await inOwnTenant(call, (tx) => readManifests(tx, which));
  if (newest === undefined)
    throw new NotFoundError("manifest-unknown", "There is no manifest yet.", { next: "Seal a document first." });
  return { b: newest.b, g: newest.g, mseq: newest.mseq, body: toWire(newest.body), statement: newest.jws };
};
