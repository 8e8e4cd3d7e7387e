import { findNode, installDependencies, runTypeScript } from "./bootstrap.mjs";
import { buildCliBundle } from "./cli-bundle.mjs";
import { buildWebBundle } from "./web-bundle.mjs";

installDependencies();
const node = findNode();
buildWebBundle(node);
buildCliBundle(node);
await runTypeScript("server/supervisor/src/main.ts");
