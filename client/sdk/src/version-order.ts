import type { VerifiedDocument } from "./verify-rows.ts";

/** Media type of the vault's own settings: a sealed document like any other, which no list shows. */
export const settingsType = "application/vnd.afterkeep.settings+json";

export function isSettings({ opened }: VerifiedDocument): boolean {
  return opened.metadata.mediaType === settingsType;
}

/**
 * Orders versions of one document, the current one first: the one with the greatest (currentMs, verId). Both stand in what the owner signed,
 * so no server can offer an old version as the current one.
 */
export function currentFirst(x: VerifiedDocument, y: VerifiedDocument): number {
  const difference = y.opened.metadata.currentMs - x.opened.metadata.currentMs;
  return difference !== 0 ? difference : x.info.ver < y.info.ver ? 1 : -1;
}
