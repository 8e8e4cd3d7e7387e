import { inOwnTenant } from "../context/call.ts";
import { readDocument } from "../storage/documents.ts";
import { readManifests } from "../storage/manifests.ts";
import { objectAnswer } from "./document-answer.ts";
import { entriesOf } from "./get-bundle.ts";
import type { Operation } from "./operation.ts";
import { requireOpenRelease } from "./releases.ts";

const manifestsAtMost = 16;

/** An object of a released bequest: only what its manifests name. */
export const getReleasedObject: Operation<"getReleasedObject"> = async (call, { params: { b, doc, ver } }) => {
  const { g } = await requireOpenRelease(call, "getReleasedObject", b);
  const row = await inOwnTenant(call, async (tx) => {
    const entries = entriesOf(await readManifests(tx, { b, g, limit: manifestsAtMost }));
    return entries.some((entry) => entry.doc === doc && entry.ver === ver) ? readDocument(tx, { doc, ver }) : null;
  });
  return objectAnswer(call.services.objects, { tenant: call.actor.tenant, doc, ver }, row);
};
