import { execFileSync, spawnSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Random } from "../simulation/chance/random.ts";
import { type Equivalent, equivalents } from "./equivalent.ts";
import { type Mutant, mutantsOf } from "./mutants-of.ts";

const thorough = "common/switch/src/exploration.test.ts";
const random = "common/switch/src/switch.property.test.ts";
const patient = "server/keyholder/src/decide/unreachable.test.ts";
// Why by name: vitest leaves nothing out of a project by `--exclude`.
const testsIn = (folder: string, ...without: readonly string[]) =>
  globSync(`${folder}/*.test.ts`, { cwd: join(import.meta.dirname, "../..") }).filter(
    (path) => !without.includes(path),
  );

/** Seconds of processor time: what runs for ever is a fault noticed too, and what waits for a busy machine is none. */
type Tests = { readonly paths: readonly string[]; readonly mostSeconds: number };
/** `near`: how many of the tests `--nearest` runs. */
type Room = { readonly folder: string; readonly tests: readonly Tests[]; readonly near: number };
const keyholder: Tests = { paths: ["server/keyholder/src"], mostSeconds: 240 };
// Why far longer than in npm test: on a busy machine a test that waits for a mail server would else count as a fault noticed.
const longestWait = "--testTimeout=120000";
/** The rooms, and the tests that must notice: the nearest and quickest first, the others only for what those let pass. */
const rooms: readonly Room[] = [
  {
    folder: "common/switch/src",
    tests: [
      { paths: testsIn("common/switch/src", random, thorough), mostSeconds: 20 },
      { paths: [random], mostSeconds: 40 },
      { paths: [thorough], mostSeconds: 240 },
      keyholder,
    ],
    near: 2,
  },
  {
    folder: "server/keyholder/src/decide",
    tests: [
      { paths: testsIn("server/keyholder/src/decide", patient), mostSeconds: 40 },
      { paths: [patient], mostSeconds: 40 },
      keyholder,
    ],
    near: 2,
  },
  {
    folder: "server/keyholder/src/time",
    tests: [{ paths: ["server/keyholder/src/time"], mostSeconds: 40 }, keyholder],
    near: 1,
  },
];

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    sample: { type: "string", default: "" },
    only: { type: "string", default: "" },
    nearest: { type: "boolean", default: false },
    again: { type: "string", default: "" },
    /** A file of what became of each: a run that was stopped goes on from there. */
    kept: { type: "string", default: "" },
    json: { type: "boolean", default: false },
  },
});

const tree = join(import.meta.dirname, "../..");
const copy = mkdtempSync(join(tmpdir(), "afterkeep-mutation-"));
try {
  copyTree();
  const all = rooms.flatMap(mutantsIn);
  requirePlaced(all);
  const meant = chosen(all.filter(isMeant));
  const mutants = meant.filter(({ mutant }) => !isEquivalent(mutant));
  const survivors: Mutant[] = [];
  const known = readKept();
  const waiting = mutants.filter(({ mutant }) => !known.has(nameOf(mutant)));
  requirePassing(waiting);
  for (const [index, { mutant, tests }] of mutants.entries()) {
    const isKilled = known.get(nameOf(mutant)) ?? kills(mutant, tests);
    if (!known.has(nameOf(mutant))) keep(mutant, isKilled);
    if (!isKilled) survivors.push(mutant);
    if (!values.json)
      console.error(`${index + 1}/${mutants.length} ${isKilled ? "killed " : "SURVIVED"} ${describe(mutant)}`);
  }
  const share = (mutants.length - survivors.length) / mutants.length;
  const equivalent = meant.length - mutants.length;
  const killed = mutants.length - survivors.length;
  const report = { seed: values.seed, mutants: meant.length, equivalent, killed, share };
  console.log(JSON.stringify({ ...report, survivors: survivors.map(describe) }, null, 2));
} finally {
  rmSync(copy, { recursive: true, force: true });
}

type Placed = { readonly mutant: Mutant; readonly tests: readonly Tests[] };

function mutantsIn({ folder, tests, near }: Room): Placed[] {
  const files = readdirSync(join(tree, folder)).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  const later = values.nearest ? tests.slice(0, near) : tests;
  return files.flatMap((name) => {
    const file = join(folder, name);
    const own = file.replace(/\.ts$/, ".test.ts");
    const first = existsSync(join(tree, own)) ? [{ paths: [own], mostSeconds: 40 }] : [];
    return mutantsOf(file, readFileSync(join(tree, file), "utf8")).map((mutant) => ({
      mutant,
      tests: [...first, ...later],
    }));
  });
}

/** Whether its path holds what `--only` says, and, with `--again`, whether that file names its place: whatever line that is on by now. */
function isMeant({ mutant }: Placed): boolean {
  if (!mutant.file.includes(values.only)) return false;
  return values.again === "" || readFileSync(values.again, "utf8").includes(`${mutant.place}\n`);
}

function isEquivalent({ file, place }: Mutant): boolean {
  return equivalents.some((one) => one.file === file && one.place === place);
}

/** Why: what is said to change nothing must be looked at anew when the code there changes. */
function requirePlaced(all: readonly Placed[]): void {
  const isPlaced = (one: Equivalent) =>
    all.some(({ mutant }) => mutant.file === one.file && mutant.place === one.place);
  const lost = equivalents.filter((one) => !isPlaced(one)).map(({ file, place }) => `${file}  ${place}`);
  if (lost.length > 0) throw new Error(`named in equivalent.ts, and no mutant: ${lost.join("; ")}`);
}

/** Why: tests that fail by themselves, or take longer than they may, would notice every fault. */
function requirePassing(all: readonly Placed[]): void {
  const groups = new Map(all.flatMap(({ tests }) => tests.map((one) => [one.paths.join(" "), one] as const)));
  for (const [paths, group] of groups)
    if (!passes(group))
      throw new Error(`without any fault these fail, or take more than ${group.mostSeconds} s: ${paths}`);
}

/** Names what belongs to one commit alone, as a kept file does. */
function nameOf({ file, start, is }: Mutant): string {
  return `${file} ${start} ${is}`;
}

function readKept(): Map<string, boolean> {
  if (values.kept === "" || !existsSync(values.kept)) return new Map();
  const lines = readFileSync(values.kept, "utf8").trimEnd().split("\n");
  const kept = lines.map((line): { commit: string; name: string; isKilled: boolean } => JSON.parse(line));
  if (kept.some(({ commit }) => commit !== head())) throw new Error("what is kept there is of another commit");
  return new Map(kept.map(({ name, isKilled }) => [name, isKilled]));
}

function keep(mutant: Mutant, isKilled: boolean): void {
  if (values.kept === "") return;
  appendFileSync(values.kept, `${JSON.stringify({ commit: head(), name: nameOf(mutant), isKilled })}\n`);
}

function head(): string {
  return execFileSync("git", ["rev-parse", "HEAD"], { cwd: tree, encoding: "utf8" }).trim();
}

function chosen(all: readonly Placed[]): Placed[] {
  if (values.sample === "") return [...all];
  const random = new Random(`mutation/${values.seed}`);
  return all
    .map((placed) => ({ placed, at: random.part() }))
    .toSorted((one, other) => one.at - other.at)
    .slice(0, Number(values.sample))
    .map(({ placed }) => placed);
}

function kills({ file, start, end, is }: Mutant, tests: Placed["tests"]): boolean {
  const path = join(copy, file);
  const source = readFileSync(path, "utf8");
  writeFileSync(path, source.slice(0, start) + is + source.slice(end));
  try {
    return tests.some((chosenTests) => !passes(chosenTests));
  } finally {
    writeFileSync(path, source);
  }
}

function passes({ paths, mostSeconds }: Tests): boolean {
  const limited = ["-c", `ulimit -t ${mostSeconds}; exec "$0" "$@"`, process.execPath];
  const vitest = [
    "node_modules/vitest/vitest.mjs",
    "run",
    "--bail=1",
    "--isolate=false",
    "--project=plain",
    longestWait,
    ...paths,
  ];
  const { status } = spawnSync("sh", [...limited, ...vitest], { cwd: copy, stdio: "ignore" });
  return status === 0;
}

/** What is committed, so that nothing of the work under way is touched. */
function copyTree(): void {
  const archive = execFileSync("git", ["archive", "HEAD"], { cwd: tree, maxBuffer: 1 << 30 });
  execFileSync("tar", ["-x", "-C", copy], { input: archive });
  const modules = join(tree, "node_modules");
  mkdirSync(join(copy, "node_modules/@afterkeep"), { recursive: true });
  for (const name of readdirSync(modules).filter((one) => one !== "@afterkeep"))
    symlinkSync(join(modules, name), join(copy, "node_modules", name));
  // Why as they are: they lead to the rooms beside them, which must be the copy's own.
  for (const name of readdirSync(join(modules, "@afterkeep")))
    symlinkSync(readlinkSync(join(modules, "@afterkeep", name)), join(copy, "node_modules/@afterkeep", name));
  for (const room of globSync("{client,common,server}/*/node_modules", { cwd: tree }))
    symlinkSync(join(tree, room), join(copy, room));
}

function describe({ file, line, place }: Mutant): string {
  return `${file}:${line}  ${place}`;
}
