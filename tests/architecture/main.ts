import { fileURLToPath } from "node:url";
import { checkTree } from "./check-tree.ts";

const broken = checkTree(fileURLToPath(new URL("../..", import.meta.url)));
for (const line of broken) console.error(line);
if (broken.length > 0) console.error(`${broken.length} broken rules of the tree`);
process.exitCode = broken.length === 0 ? 0 : 1;
