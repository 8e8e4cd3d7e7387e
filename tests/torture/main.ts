import { parseArgs } from "node:util";
import { torture } from "./torture.ts";

const { values } = parseArgs({
  options: {
    cycles: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
    "at-once": { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});

const report = await torture({
  seed: values.seed,
  cycles: Number(values.cycles),
  atOnce: Number(values["at-once"]),
  say: (line) => (values.json ? console.error(line) : console.log(line)),
});
console.log(values.json ? JSON.stringify(report) : JSON.stringify(report, null, 2));
process.exitCode = report.violations.length === 0 ? 0 : 1;
