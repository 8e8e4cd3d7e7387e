import type { Afterkeep } from "@afterkeep/sdk";

export type KeyholderOptions = { readonly keyholder?: string };

export const keyholderOption = [
  "--keyholder <fingerprint>",
  "refuse any keyholder but this one (from your recovery kit, or whoever runs the server)",
] as const;

/** Pins the keyholder that the person named, before the server's word for it is taken. */
export async function pinGiven(afterkeep: Afterkeep, { keyholder }: KeyholderOptions): Promise<void> {
  if (keyholder !== undefined) await afterkeep.pinKeyholder(keyholder);
}
