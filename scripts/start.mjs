import { findNode, installDependencies, runTypeScript } from "./bootstrap.mjs";
import { buildWebBundle } from "./web-bundle.mjs";

installDependencies();
buildWebBundle(findNode());
await runTypeScript("server/supervisor/src/main.ts");
