import { runTypeScript } from "./bootstrap.mjs";

await runTypeScript("bench/main.ts");
