import { runTypeScript } from "./bootstrap.mjs";

await runTypeScript("tests/mutation/main.ts");
