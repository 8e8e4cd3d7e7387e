import { runTypeScript } from "./bootstrap.mjs";

await runTypeScript("tests/simulation/main.ts");
