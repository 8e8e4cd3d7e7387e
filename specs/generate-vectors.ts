import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { format } from "prettier";
import { makeAllVectors } from "./making/all.ts";

// Writes specs/vectors/ again. The same code gives the same bytes; a difference in a review is a change of a format.
const folder = new URL("vectors/", import.meta.url);
const { json, files } = await makeAllVectors();
for (const [name, content] of Object.entries(json)) {
  const text = await format(JSON.stringify(content), { parser: "json", printWidth: 120 });
  writeFileSync(new URL(`${name}.json`, folder), text);
}
rmSync(new URL("vault/", folder), { recursive: true, force: true });
mkdirSync(new URL("vault/", folder));
for (const [path, file] of Object.entries(files)) writeFileSync(new URL(path, folder), file);
