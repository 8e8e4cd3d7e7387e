import { type Id, parseId } from "@afterkeep/bytes";
import { partLength } from "@afterkeep/contracts";
import { atOnce } from "./at-once.ts";
import type { Device } from "./device.ts";
import { requireOwner } from "./owner.ts";
import { resendUnreceipted } from "./unreceipted.ts";
import { giveUp } from "./upload-item.ts";
import type { JournalledPart } from "./upload-journal.ts";
import { openUploadRecord, type UploadRecord } from "./upload-record.ts";

/** An upload that broke off and can go on, or is under way. */
export type PendingUpload = {
  readonly doc: Id;
  readonly ver: Id;
  readonly name: string;
  readonly folder: string;
  /** Plaintext bytes. */
  readonly size: number;
  readonly modified: number;
  /** As the item gave it; empty for none. */
  readonly source: string;
  /** Bytes of the sealed object, and how many of them the server has. */
  readonly sealedBytes: number;
  readonly doneBytes: number;
  /** Wall clock, ms. */
  readonly startedAt: number;
  /** It becomes the next version of a document that was there before. */
  readonly isVersion: boolean;
  /** It goes on right now, in this or another page or process: it can be neither gone on with nor discarded. */
  readonly isUnderWay: boolean;
};

/**
 * What was begun on this device and is not in the vault yet. Records of another account, or damaged ones, are left out and left alone.
 * Without the server the journal's own count stands in.
 */
export async function pendingUploads(device: Device): Promise<PendingUpload[]> {
  const keys = await requireOwner(device);
  // Why before the journal is read: an upload that ends meanwhile is then in neither, and does not pass for one that broke off.
  const held = await device.locks.listHeld();
  const known = (await device.journal.list()).flatMap((upload) => {
    const record = openUploadRecord(keys, upload);
    return record === null ? [] : [{ record, parts: upload.parts }];
  });
  return atOnce(known, async ({ record, parts }) => ({
    ...infoOf(record, await doneBytes(device, record, parts)),
    isUnderWay: held.has(record.plan.verId),
  }));
}

/**
 * Gives an upload up, here and on the server. One that is not there is given up already, and one that the vault names by then is only
 * forgotten here. Throws UnavailableError while a change that was signed before cannot be sent again.
 */
export async function discardUpload(device: Device, ver: string): Promise<void> {
  const found = (await device.journal.list()).find((one) => one.ver === ver);
  if (found === undefined) return;
  // Why first: the list that names it may have been accepted while its answer was lost.
  await resendUnreceipted(device);
  await giveUp(device, { docId: parseId(found.doc), verId: parseId(found.ver) });
}

async function doneBytes(device: Device, { plan }: UploadRecord, left: readonly JournalledPart[]): Promise<number> {
  const params = { doc: plan.docId, ver: plan.verId };
  const arrived: readonly JournalledPart[] = await device.transport.call("listParts", { params }).then(
    ({ parts }) => parts,
    () => left,
  );
  const lengthOf = ({ part }: JournalledPart): number =>
    Math.max(0, Math.min(partLength, plan.objectLen - part * partLength));
  return arrived.reduce((sum, part) => sum + lengthOf(part), 0);
}

function infoOf(
  { plan, name, folder, modified, source, startedAt, isVersion }: UploadRecord,
  done: number,
): Omit<PendingUpload, "isUnderWay"> {
  const what = { doc: plan.docId, ver: plan.verId, name, folder, size: plan.size, modified, source };
  return { ...what, sealedBytes: plan.objectLen, doneBytes: done, startedAt, isVersion };
}
