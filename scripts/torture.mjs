import { installDebianPackages } from "./debian-packages.mjs";
import { runTypeScript } from "./bootstrap.mjs";

installDebianPackages();
await runTypeScript("tests/torture/main.ts");
