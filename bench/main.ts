import { execFileSync } from "node:child_process";
import { cpus, loadavg } from "node:os";
import { type BenchReport, tableOf } from "./report.ts";
import { benchSealing } from "./sealing/bench-sealing.ts";

const benches = new Map([["sealing", benchSealing]]);

const args = process.argv.slice(2);
const isJson = args.includes("--json");
const roundsAt = args.indexOf("--rounds");
const rounds = roundsAt < 0 ? 5 : Number(args[roundsAt + 1]);
const [name = ""] = args.filter((arg, i) => !arg.startsWith("--") && (roundsAt < 0 || i !== roundsAt + 1));
const bench = benches.get(name);
if (bench === undefined || !Number.isInteger(rounds) || rounds < 1) {
  console.error(`usage: npm run bench -- NAME [--json] [--rounds 5]\nNAME: ${[...benches.keys()].join(", ")}`);
  process.exit(2);
}

const git = (...words: string[]) => execFileSync("git", words, { cwd: import.meta.dirname, encoding: "utf8" }).trim();
const before = loadavg();
const { notes, results } = await bench(rounds);
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
console.log(isJson ? JSON.stringify(report, null, 2) : tableOf(report));
