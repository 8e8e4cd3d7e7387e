import { execFileSync, spawnSync } from "node:child_process";
import {
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
import { type Mutant, mutantsOf } from "./mutants-of.ts";

/** Of a run's processor time: what runs for ever is a fault noticed too, and what waits for a busy machine is none. */
const mostSeconds = 240;
const thorough = "common/switch/src/exploration.test.ts";
// Why by name: vitest leaves nothing out of a project by `--exclude`.
const quick = globSync("common/switch/src/*.test.ts", { cwd: join(import.meta.dirname, "../..") }).filter(
  (path) => path !== thorough,
);

/** The rooms, and the tests that must notice: quick ones first, the thorough only for what those let pass. */
const rooms: readonly { readonly folder: string; readonly tests: readonly (readonly string[])[] }[] = [
  {
    folder: "common/switch/src",
    tests: [quick, [thorough], ["server/keyholder/src"]],
  },
  { folder: "server/keyholder/src/decide", tests: [["server/keyholder/src/decide"], ["server/keyholder/src"]] },
  { folder: "server/keyholder/src/time", tests: [["server/keyholder/src/time"], ["server/keyholder/src"]] },
];

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    sample: { type: "string", default: "" },
    only: { type: "string", default: "" },
    json: { type: "boolean", default: false },
  },
});

const tree = join(import.meta.dirname, "../..");
const copy = mkdtempSync(join(tmpdir(), "afterkeep-mutation-"));
try {
  copyTree();
  const mutants = chosen(rooms.filter(({ folder }) => folder.includes(values.only)).flatMap(mutantsIn));
  const survivors: Mutant[] = [];
  for (const [index, { mutant, tests }] of mutants.entries()) {
    const isKilled = kills(mutant, tests);
    if (!isKilled) survivors.push(mutant);
    if (!values.json)
      console.error(`${index + 1}/${mutants.length} ${isKilled ? "killed " : "SURVIVED"} ${describe(mutant)}`);
  }
  const share = (mutants.length - survivors.length) / mutants.length;
  const report = { seed: values.seed, mutants: mutants.length, killed: mutants.length - survivors.length, share };
  console.log(JSON.stringify({ ...report, survivors: survivors.map(describe) }, null, 2));
} finally {
  rmSync(copy, { recursive: true, force: true });
}

type Placed = { readonly mutant: Mutant; readonly tests: (typeof rooms)[number]["tests"] };

function mutantsIn({ folder, tests }: (typeof rooms)[number]): Placed[] {
  const files = readdirSync(join(tree, folder)).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  return files.flatMap((name) => {
    const file = join(folder, name);
    return mutantsOf(file, readFileSync(join(tree, file), "utf8")).map((mutant) => ({ mutant, tests }));
  });
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

function passes(tests: readonly string[]): boolean {
  const limited = ["-c", `ulimit -t ${mostSeconds}; exec "$0" "$@"`, process.execPath];
  const vitest = ["node_modules/vitest/vitest.mjs", "run", "--bail=1", "--isolate=false", "--project=plain", ...tests];
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

function describe({ file, line, was, is }: Mutant): string {
  return `${file}:${line}  ${was.replaceAll(/\s+/g, " ").slice(0, 60)} → ${is.slice(0, 60)}`;
}
