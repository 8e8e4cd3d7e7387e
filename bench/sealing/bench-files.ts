import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generateIdentity, recipientOf } from "@afterkeep/formats";
import { type Result, sizeResult, timeResult } from "../report.ts";
import { requireAge } from "./anchors.ts";
import { expectSame, makePlace, removeAll, writeRandom } from "./place.ts";
import { command, measureNode, timeJob, timeProcess } from "./processes.ts";

const gigabyte = 1_000_000_000;
const large = 4 * gigabyte;

type Samples = Map<string, number[]>;
type Scene = { readonly folder: string; readonly identity: string; readonly recipient: string; readonly age: string };

/** 1 GB from file to file: ours against Debian's age in alternating rounds, and the memory of the real command. */
export async function benchFiles(rounds: number): Promise<{ notes: string[]; results: Result[] }> {
  const age = requireAge();
  const { folder, note } = await makePlace(3 * gigabyte + large);
  try {
    const identity = await generateIdentity("x25519");
    const scene: Scene = { folder, identity, recipient: await recipientOf(identity), age };
    await writeFile(join(folder, "identity"), `${identity}\n`, { mode: 0o600 });
    await writeRandom(join(folder, "plain"), gigabyte);
    const samples: Samples = new Map();
    const steps = stepsOf(scene);
    for (const { run } of steps) await run();
    for (let round = 0; round < rounds; round++) {
      // Why turned: whoever comes first in a round would always meet the same state of the machine.
      for (const { id, run } of rotated(steps, round)) add(samples, id, await run());
    }
    await measureLarge(scene, samples);
    return {
      notes: [note, `1 GB of random bytes, one X25519 recipient, anchor ${age}.`],
      results: resultsOf(samples, age),
    };
  } finally {
    await removeAll(folder);
  }
}

type Step = { readonly id: string; readonly run: () => Promise<number> };

/** Every step leaves its output for the next of another kind; each is checked once, in the round that does not count. */
function stepsOf({ folder, identity, recipient }: Scene): Step[] {
  const at = (name: string) => join(folder, name);
  const into = (name: string, run: (path: string) => Promise<number>) => async () => {
    await removeAll(at(name));
    return run(at(name));
  };
  let isChecked = false;
  const check = async () => {
    if (isChecked) return;
    isChecked = true;
    await expectSame(at("plain"), at("opened"));
  };
  const sealed = (threads: string) =>
    into("ours.age", (path) => timeJob("file-job", ["seal", at("plain"), path, recipient, threads]));
  const opened = (threads: string) =>
    into("opened", async (path) => {
      const seconds = await timeJob("file-job", ["open", at("theirs.age"), path, identity, threads]);
      await check();
      return seconds;
    });
  const tree = (direction: string, name: string, threads: string) =>
    into(name, (path) =>
      timeJob("tree-job", [direction, at("plain"), direction === "seal" ? path : at("object"), path, threads]),
    );
  return [
    {
      id: "age.seal",
      run: into("theirs.age", (path) => timeProcess("age", ["-r", recipient, "-o", path, at("plain")])),
    },
    { id: "seal.1t", run: sealed("0") },
    { id: "seal.2w", run: sealed("2") },
    {
      id: "age.open",
      run: into("opened", (path) => timeProcess("age", ["-d", "-i", at("identity"), "-o", path, at("ours.age")])),
    },
    { id: "open.1t", run: opened("0") },
    { id: "open.2w", run: opened("2") },
    { id: "tree.seal.1t", run: tree("seal", "object", "0") },
    { id: "tree.seal.2w", run: tree("seal", "object", "2") },
    { id: "tree.open.1t", run: tree("open", "opened", "0") },
    { id: "tree.open.2w", run: tree("open", "opened", "2") },
  ];
}

/** The command as people run it, its start included; and its memory, for this file and for one four times as large. */
async function measureLarge({ folder, recipient }: Scene, samples: Samples): Promise<void> {
  const at = (name: string) => join(folder, name);
  await removeAll(at("object"), at("object.plan"), at("object.root"), at("opened"), at("ours.age"));
  await writeFile(at("large"), "");
  await truncate(at("large"), large);
  for (let round = 0; round < 5; round++) {
    add(samples, "bare", (await measureNode(["-e", "0"], folder)).peakMiB);
    for (const [name, input] of [
      ["", "plain"],
      [".4gb", "large"],
    ] as const) {
      for (const threads of ["0", "2"]) {
        if (name !== "" && round > 1) continue;
        await removeAll(at("sealed"), at("reopened"));
        const how = ["--workers", threads];
        const seal = [command, "file", "seal", at(input), "--to", recipient, "--out", at("sealed"), ...how];
        const sealing = await measureNode(seal, folder);
        add(samples, `memory.${threads}${name}`, sealing.peakMiB);
        if (name === "") add(samples, `command.seal.${threads}`, sealing.seconds);
        const open = [
          command,
          "file",
          "open",
          at("sealed"),
          "--identity",
          at("identity"),
          "--out",
          at("reopened"),
          ...how,
        ];
        const opening = await measureNode(open, folder);
        add(samples, `memory.${threads}${name}`, opening.peakMiB);
        if (name === "") add(samples, `command.open.${threads}`, opening.seconds);
      }
    }
    await removeAll(at("theirs.age"), at("reopened"), at("sealed"));
    add(samples, "command.age.seal", await timeProcess("age", ["-r", recipient, "-o", at("theirs.age"), at("plain")]));
    const back = ["-d", "-i", at("identity"), "-o", at("reopened"), at("theirs.age")];
    add(samples, "command.age.open", await timeProcess("age", back));
  }
}

function resultsOf(samples: Samples, age: string): Result[] {
  const of = (id: string) => samples.get(id) ?? [];
  const job = "1 GB file to file, from the call to the finished file";
  const threads = (id: string) => (id.endsWith("1t") ? "one thread" : "two threads, the calling one among them");
  const against = (id: string) => ({ what: age, samples: of(id) });
  const bars = { "1t": 1, "2w": 1.6 } as const;
  const jobs = (["seal", "open"] as const).flatMap((way) =>
    (["1t", "2w"] as const).map((lanes) =>
      timeResult(
        { id: `${way}.cli.${lanes}`, what: `${way}: ${job}; ${threads(lanes)}`, bar: bars[lanes] },
        of(`${way}.${lanes}`),
        against(`age.${way}`),
      ),
    ),
  );
  const commands = (["seal", "open"] as const).flatMap((way) =>
    (["0", "2"] as const).map((count) => {
      const lanes = count === "0" ? "1t" : "2w";
      const what = `${way}: the whole command \`afterkeep file ${way}\`, Node's own start included; ${threads(lanes)}`;
      return timeResult(
        { id: `${way}.cli.${lanes}.command`, what },
        of(`command.${way}.${count}`),
        against(`command.age.${way}`),
      );
    }),
  );
  const trees = (["seal", "open"] as const).flatMap((way) =>
    (["1t", "2w"] as const).map((lanes) => {
      const what = `${way}: a document with its slice tree, 1 GB file to file; ${lanes === "1t" ? "one thread" : "two worker threads"}`;
      return timeResult({ id: `${way}.tree.${lanes}`, what }, of(`tree.${way}.${lanes}`), against(`age.${way}`));
    }),
  );
  const all = ["0", "2", "0.4gb", "2.4gb"].flatMap((id) => of(`memory.${id}`));
  const memory = [
    sizeResult(
      {
        id: "seal.cli.rss",
        what: "peak memory of `afterkeep file seal|open` above bare Node: 1 GB and 4 GB, one and two threads; the largest counts",
        bar: 64,
      },
      all,
      of("bare"),
    ),
    sizeResult(
      { id: "seal.cli.rss.1t", what: "the same, one thread" },
      [...of("memory.0"), ...of("memory.0.4gb")],
      of("bare"),
    ),
    sizeResult({ id: "seal.cli.rss.4gb", what: "the same, 4 GB alone, two threads" }, of("memory.2.4gb"), of("bare")),
  ];
  return [...jobs, ...memory, ...commands, ...trees];
}

function add(samples: Samples, id: string, value: number): void {
  samples.set(id, [...(samples.get(id) ?? []), value]);
}

function rotated<T>(items: readonly T[], by: number): T[] {
  const at = by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}
