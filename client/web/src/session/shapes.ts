import type { afterkeep } from "./afterkeep.ts";

type Client = typeof afterkeep;
/** One row of `status()`: for showing; what counts is in receipts. */
export type SwitchStatus = Awaited<ReturnType<Client["status"]>>["switches"][number];
export type ArmingPreview = Awaited<ReturnType<Client["previewArming"]>>;
