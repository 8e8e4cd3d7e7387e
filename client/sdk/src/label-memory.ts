import { changeProfile, type Device, readProfile } from "./device.ts";
import { RefusedError } from "./errors.ts";

type LabelRow = { readonly id: string; readonly labelRev: number };

/**
 * Remembers the newest revision of each label, and refuses an older one: every revision was sealed by this owner, so an old plan put back by
 * the server would open like the newest. Throws RefusedError "label-older".
 */
export async function expectNewestLabels(device: Device, rows: readonly LabelRow[]): Promise<void> {
  const { labels, restored } = await readProfile(device);
  // Why not refused then: plans went back too, and an owner is asked to look at them.
  const mayBeOlder = restored !== null && !restored.isSeen;
  if (!mayBeOlder && rows.some(({ id, labelRev }) => labelRev < (labels[id] ?? 0))) throw olderLabel();
  if (rows.every(({ id, labelRev }) => labels[id] === labelRev)) return;
  await rememberLabels(device, rows);
}

export async function rememberLabels(device: Device, rows: readonly LabelRow[]): Promise<void> {
  await changeProfile(device, ({ labels }) => {
    const raised = rows.map(({ id, labelRev }) => [id, Math.max(labelRev, labels[id] ?? 0)]);
    return { labels: { ...labels, ...Object.fromEntries(raised) } };
  });
}

function olderLabel(): RefusedError {
  return new RefusedError(
    "label-older",
    "The server shows an older plan than this device has seen, so it was not used.",
    {
      next: "It may have been restored from a backup: ask whoever runs it, and if it was, confirm that (afterkeep account confirm-restore).",
    },
  );
}
