import { join } from "node:path";
import { root } from "./bootstrap.mjs";
import { buildRoom, isFresh } from "./build-room.mjs";

const sources = ["cli", "sdk", "sealing", "import"].map((room) => `client/${room}`);
sources.push("common", "package-lock.json");
const page = "afterkeep.mjs";

/**
 * Builds client/cli/dist when it is missing or older than anything that goes into it: the command line in a few files, which starts in less
 * than half of the time that its source takes.
 */
export function buildCliBundle(node) {
  buildRoom(node, { room: "client/cli", page, sources, saying: "Building the command line …" });
}

/** The path of the built program; null where there is none of the present source, which runs just as well. */
export function cliBundle() {
  const built = join(root, "client/cli/dist", page);
  return isFresh(built, sources) ? built : null;
}
