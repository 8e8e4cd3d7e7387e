import { findNode, installDependencies, runTypeScript } from "./bootstrap.mjs";
import { buildWebBundle } from "./web-bundle.mjs";

installDependencies();
buildWebBundle(findNode());
await runTypeScript("scripts/demo/main.ts");
