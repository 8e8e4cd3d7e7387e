import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "./bootstrap.mjs";
import { listFiles } from "./list-files.mjs";

/** Links of documents to files that are not there, one line each. */
export function checkLinks() {
  const documents = listFiles().filter((path) => path.endsWith(".md"));
  return documents.flatMap((path) => {
    const text = readFileSync(join(root, path), "utf8").replaceAll(/```[\s\S]*?```|`[^`\n]*`/g, "");
    return [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target]) => {
      if (/^[a-z]+:|^#/.test(target)) return [];
      const file = join(root, dirname(path), decodeURI(target.replace(/#.*$/, "")));
      return existsSync(file) ? [] : [`${path}: links to ${target}, which is not there`];
    });
  });
}
