import { execFileSync } from "node:child_process";
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { type BenchReport, tableOf } from "./report.ts";
import { benchSealing, sealingParts } from "./sealing/bench-sealing.ts";
import { benchSwitch, switchParts } from "./switch/bench-switch.ts";

const benches = new Map([
  ["sealing", { run: benchSealing, parts: sealingParts }],
  ["switch", { run: benchSwitch, parts: switchParts }],
]);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: "boolean", default: false },
    rounds: { type: "string", default: "5" },
    only: { type: "string", default: "" },
  },
});
const rounds = Number(values.rounds);
const [name = ""] = positionals;
const bench = benches.get(name);
const isKnown = bench !== undefined && (values.only === "" || bench.parts.includes(values.only));
if (!isKnown || !Number.isInteger(rounds) || rounds < 1) {
  const known = [...benches].map(([one, { parts }]) => `${one} (PART: ${parts.join(", ")})`);
  console.error(`usage: npm run bench -- NAME [--only PART] [--json] [--rounds 5]\nNAME: ${known.join(", ")}`);
  process.exit(2);
}

const git = (...words: string[]) => execFileSync("git", words, { cwd: import.meta.dirname, encoding: "utf8" }).trim();
const before = loadavg();
const { notes, results } = await bench.run(rounds, values.only);
const report: BenchReport = {
  name,
  commit: `${git("rev-parse", "--short", "HEAD")}${git("status", "--porcelain", "--untracked-files=no") === "" ? "" : " and changes"}`,
  node: process.versions.node,
  cpu: `${cpus().length} × ${cpus()[0]?.model ?? "?"}`,
  loadavg: { before, after: loadavg() },
  rounds,
  notes,
  results,
};
console.log(values.json ? JSON.stringify(report, null, 2) : tableOf(report));
