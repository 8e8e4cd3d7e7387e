import { parseArgs } from "node:util";
import { faultNames } from "./faults/faults.ts";
import { torture } from "./torture.ts";

const { values } = parseArgs({
  options: {
    cycles: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
    "at-once": { type: "string", default: "1" },
    /** Kinds of faults, by the beginnings of their names, with a comma between. */
    only: { type: "string" },
    json: { type: "boolean", default: false },
  },
});

for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(1));
const only = values.only?.split(",").flatMap((start) => faultNames.filter((name) => name.startsWith(start)));
const report = await torture({
  seed: values.seed,
  cycles: Number(values.cycles),
  atOnce: Number(values["at-once"]),
  ...(only === undefined ? {} : { only }),
  say: (line) => (values.json ? console.error(line) : console.log(line)),
});
console.log(values.json ? JSON.stringify(report) : JSON.stringify(report, null, 2));
process.exitCode = report.violations.length === 0 ? 0 : 1;
