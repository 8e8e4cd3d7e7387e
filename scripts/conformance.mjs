import { runTypeScript } from "./bootstrap.mjs";

await runTypeScript("tests/conformance/main.ts");
