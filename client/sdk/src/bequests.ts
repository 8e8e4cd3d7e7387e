import { type Id, newId, parseId } from "@afterkeep/bytes";
import type { bequestRow } from "@afterkeep/contracts";
import { type AccountView, isDisarmed, latestPolicy, type StatementBody } from "@afterkeep/statements";
import { checkPolicyTimes } from "@afterkeep/switch";
import type { z } from "zod";
import { readChain } from "./chain.ts";
import type { Device } from "./device.ts";
import { RefusedError } from "./errors.ts";
import { expectNewestLabels, rememberLabels } from "./label-memory.ts";
import { type BequestDraft, type BequestLabel, bequestLabelCodec, readLabel, writeLabel } from "./labels.ts";
import { requireOwner } from "./owner.ts";
import type { OwnerKeys } from "./owner-keys.ts";
import { policyLimits, requestsOf } from "./policy-limits.ts";
import { readStatus, type StatusInfo } from "./status.ts";

export type BequestRow = z.infer<typeof bequestRow>;
export type BequestState = StatementBody<"receipt">["rows"][number]["state"];

export type BequestInfo = {
  readonly b: Id;
  readonly draft: BequestDraft;
  readonly createdAt: number;
  /** What the server says; `draft` when it was never armed. */
  readonly state: BequestState;
  /** The newest signed generation; 0 when it was never armed. */
  readonly g: number;
  /** From the newest receipt: nothing can be released before. null where nothing runs. */
  readonly earliestMs: number | null;
  readonly policyHash: string;
  /** When this owner disarmed or paused it, on whichever device; null where it is not stopped. */
  readonly stoppedAt: number | null;
  /** Where two operators froze it: when that ends by itself, if all time counts; null elsewhere. The server's word. */
  readonly frozenUntilMs: number | null;
};

/** A bequest as the server keeps it, with its label opened. */
export type StoredBequest = { readonly b: Id; readonly row: BequestRow; readonly label: BequestLabel };

export async function createBequest(device: Device, draft: BequestDraft): Promise<{ readonly b: Id }> {
  const keys = await requireOwner(device);
  expectPossible(draft);
  const b = newId(device.now(), device.random);
  const label = writeLabel(keys, bequestLabelCodec, b, 0, { draft, generations: [] }, device.random);
  await device.transport.call("createBequest", { body: { b, label } });
  return { b };
}

export async function listBequests(device: Device): Promise<BequestInfo[]> {
  const keys = await requireOwner(device);
  const view = await readChain(device);
  const status = await readStatus(device);
  return (await readBequests(device, keys)).map((stored) => infoOf(stored, view, status));
}

export async function readBequests(device: Device, keys: OwnerKeys): Promise<StoredBequest[]> {
  const { bequests } = await device.transport.call("listBequests", {});
  await expectNewestLabels(
    device,
    bequests.map(({ b, labelRev }) => ({ id: b, labelRev })),
  );
  return bequests.map((row) => ({
    b: parseId(row.b),
    row,
    label: readLabel(keys, bequestLabelCodec, { ...row, id: row.b }),
  }));
}

export async function findBequest(device: Device, keys: OwnerKeys, b: string): Promise<StoredBequest> {
  const found = (await readBequests(device, keys)).find((one) => one.b === b);
  if (found === undefined) throw new RefusedError("not-found", "There is no such bequest.");
  return found;
}

export async function saveLabel(
  device: Device,
  keys: OwnerKeys,
  stored: StoredBequest,
  label: BequestLabel,
): Promise<void> {
  const expectedRev = stored.row.labelRev;
  await device.transport.call("putLabel", {
    params: { kind: "bequest", id: stored.b },
    body: { label: writeLabel(keys, bequestLabelCodec, stored.b, expectedRev + 1, label, device.random), expectedRev },
  });
  await rememberLabels(device, [{ id: stored.b, labelRev: expectedRev + 1 }]);
}

/** Throws unless a policy could be made of the draft, once its lists are filled. */
export function expectPossible(draft: BequestDraft): void {
  const people = new Set(draft.recipients.map(({ r }) => r));
  const problems = checkPolicyTimes({
    times: draft.times,
    ...policyLimits(draft.times),
    requests: requestsOf(draft.recipients),
    recipients: draft.recipients,
  });
  if (people.size !== draft.recipients.length) problems.push("a recipient is named twice");
  if (new Set(draft.weak).size !== (draft.weak ?? []).length) problems.push("a way of checking in is named twice");
  if (new Set(draft.documents).size !== draft.documents.length) problems.push("a document is named twice");
  if (problems.length === 0) return;
  throw new RefusedError("draft-incomplete", `This cannot become a policy: ${problems.join("; ")}.`);
}

function infoOf({ b, row, label }: StoredBequest, view: AccountView, status: StatusInfo): BequestInfo {
  const policy = latestPolicy(view, b);
  const shown = status.switches.find((one) => one.b === b);
  const fallback = policy === null ? "draft" : isDisarmed(view, b) ? "disarmed" : "armed";
  return {
    b,
    draft: label.draft,
    createdAt: row.createdAt,
    state: shown?.state ?? fallback,
    g: policy?.body.g ?? 0,
    earliestMs: shown?.earliestMs ?? null,
    policyHash: policy?.id ?? "",
    stoppedAt: shown?.stoppedAt ?? null,
    frozenUntilMs: shown?.frozenUntilMs ?? null,
  };
}
