import { findNode, installDependencies, runTypeScript } from "./bootstrap.mjs";
import { installDebianPackages } from "./debian-packages.mjs";
import { buildWebBundle } from "./web-bundle.mjs";

installDependencies();
installDebianPackages();
buildWebBundle(findNode());
await runTypeScript("scripts/test-large/main.ts");
