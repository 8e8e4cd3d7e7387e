import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { concatBytes } from "@afterkeep/bytes";
import { encodeEntryBundle, type TileAddress, tilePath, tileWidth } from "@afterkeep/merkle";
import { makePrivateFolder, writePrivateFile } from "@afterkeep/platform";
import type { LogStore } from "./log-store.ts";

/**
 * Writes the tiles and entry bundles that changed between two sizes, then the checkpoint, into `folder` (C2SP tlog-tiles). A reader
 * never sees a checkpoint whose tiles are not there. Writing the same again changes nothing.
 */
export async function publishTiles(
  store: LogStore,
  folder: string,
  sizes: { from: number; to: number },
  checkpoint: string,
): Promise<void> {
  for (const tile of changedTiles(sizes.from, sizes.to)) {
    await writeWhole(join(folder, tilePath(tile)), tileBytes(store, tile));
    if (tile.width === tileWidth) await rm(join(folder, `${tilePath(tile)}.p`), { recursive: true, force: true });
  }
  await writeWhole(join(folder, "checkpoint"), Buffer.from(checkpoint, "utf8"));
}

function changedTiles(from: number, to: number): TileAddress[] {
  const tiles: TileAddress[] = [];
  for (let level = 0; tileWidth ** level <= to; level++) {
    const [before, after] = [Math.floor(from / tileWidth ** level), Math.floor(to / tileWidth ** level)];
    for (let index = Math.floor(before / tileWidth); index * tileWidth < after; index++) {
      const width = Math.min(tileWidth, after - index * tileWidth);
      tiles.push({ level, index, width });
      if (level === 0) tiles.push({ level: "entries", index, width });
    }
  }
  return tiles;
}

function tileBytes(store: LogStore, { level, index, width }: TileAddress): Uint8Array {
  const first = index * tileWidth;
  return level === "entries"
    ? encodeEntryBundle(store.leavesFrom(first, width))
    : concatBytes(...store.nodesFrom(level * 8, first, width));
}

// The log is public, but its folder is the zone's own: what serves it decides who reads it.
async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  await makePrivateFolder(dirname(path));
  await writePrivateFile(path, bytes);
}
