import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { systemClock } from "@afterkeep/platform";
import { runUntilStopped } from "./run.ts";

const root = new URL("../../../", import.meta.url);
const place = (path: string) => fileURLToPath(new URL(path, root));
const webDist = place("client/web/dist");

process.exitCode = await runUntilStopped({
  entryOf: (name) => place(`server/${name}/src/main.ts`),
  migrations: place("sql/migrations"),
  ...(existsSync(webDist) ? { webDist } : {}),
  clock: systemClock(),
  write: (text) => process.stdout.write(text),
});
if (process.connected) process.disconnect();
