// Loaded before a program (--import): says at its end, to the file AFTERKEEP_BENCH_MEMORY, how much memory it ever had resident.
import { writeFileSync } from "node:fs";

process.on("exit", () =>
  writeFileSync(process.env.AFTERKEEP_BENCH_MEMORY, String(process.resourceUsage().maxRSS / 1024)),
);
