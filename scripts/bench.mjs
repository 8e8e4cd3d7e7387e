import { findNode, installDependencies, runTypeScript } from "./bootstrap.mjs";
import { installDebianPackages } from "./debian-packages.mjs";

installDependencies();
installDebianPackages();
findNode();
await runTypeScript("bench/main.ts");
