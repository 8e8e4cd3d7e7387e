import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "./bootstrap.mjs";
import { buildRoom } from "./build-room.mjs";
import { buildOpenerPage } from "./opener-page.mjs";

const sources = ["web", "opener", "import", "sdk", "sealing"].map((room) => `client/${room}`);
sources.push("common", "package-lock.json");

/**
 * Builds client/web/dist when it is missing or older than anything that goes into it. The page that opens saved releases lies in it, for
 * the web app to put into the folders that it saves.
 */
export function buildWebBundle(node) {
  if (!existsSync(join(root, "client/web/index.html"))) return;
  const page = buildOpenerPage(node);
  const adding = (fresh) => {
    mkdirSync(join(fresh, "opener"));
    copyFileSync(page, join(fresh, "opener/open.html"));
  };
  buildRoom(node, { room: "client/web", page: "index.html", sources, saying: "Building the web app …", adding });
}
