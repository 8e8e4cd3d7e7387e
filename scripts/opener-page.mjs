// `node scripts/opener-page.mjs` builds the page that opens a saved release, where it is missing or old, and prints its path.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { buildRoom } from "./build-room.mjs";
import { findNode, root } from "./bootstrap.mjs";

const sources = ["client/opener", "client/sealing", "common", "package-lock.json"];

/** Builds client/opener/dist/open.html when it is missing or older than anything that goes into it. Answers its path. */
export function buildOpenerPage(node) {
  buildRoom(node, {
    room: "client/opener",
    page: "open.html",
    sources,
    saying: "Building the page that opens releases …",
  });
  return join(root, "client/opener/dist/open.html");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) console.log(buildOpenerPage(findNode()));
