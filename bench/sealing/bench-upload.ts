import { join } from "node:path";
import { openContext, processTerminal, totpCode, totpStep } from "@afterkeep/cli/device";
import { startProduct } from "../../scripts/stage/product.ts";
import { type Result, spreadOf, timeResult } from "../report.ts";
import { makePlace, removeAll, writeRandom } from "./place.ts";
import { timeJob } from "./processes.ts";

const fileBytes = 1_000_000_000;
/** The signed-in profile, the server, and the file. */
type Scene = { readonly home: string; readonly server: string; readonly file: string };

/** From a file to a committed document through the real server, against each half of that work alone, in alternating rounds. */
export async function benchUpload(rounds: number): Promise<{ notes: string[]; results: Result[] }> {
  // Every round leaves an object behind: the server keeps what was removed for a while.
  const { folder, note } = await makePlace((rounds + 3) * 1.1 * fileBytes);
  const product = await startProduct({ data: join(folder, "data"), mode: "local" });
  try {
    const { home, server, file } = await setUp(folder, product.url);
    // Why a process each: the command line is one, and what signing up leaves in memory would be collected over and over again.
    const contender = (name: string) => [name, () => timeJob("upload-job", [name, home, server, file])] as const;
    const steps = new Map(["upload", "seal", "copy", "send"].map(contender));
    const samples = await alternate(steps, rounds);
    const kept = "the product's folder and database too";
    return { notes: [`${note} Of upload.local, ${kept}; 1 GB of random bytes.`], results: resultsOf(samples) };
  } finally {
    await product.stop();
    await removeAll(folder);
  }
}

async function setUp(folder: string, server: string): Promise<Scene> {
  const home = join(folder, "home");
  const terminal = { ...processTerminal(), env: { AFTERKEEP_HOME: home } };
  const { afterkeep } = await openContext(terminal, { server }, new AbortController().signal);
  const person = { email: "bench@example.org", displayName: "Bench", passphrase: "lantern gravel otter midnight 47" };
  const pending = await afterkeep.beginSignUp(person);
  await pending.finish(totpCode(pending.totpSecret, totpStep(Date.now())));
  const file = join(folder, "large.bin");
  await writeRandom(file, fileBytes);
  return { home, server, file };
}

type Step = () => Promise<number>;

/** Seconds by name. Round 0 warms up and does not count; who comes first turns, so that all meet the same states of the machine. */
async function alternate(steps: ReadonlyMap<string, Step>, rounds: number): Promise<Map<string, number[]>> {
  const samples = new Map<string, number[]>();
  const names = [...steps.keys()];
  for (let round = 0; round <= rounds; round++) {
    for (const [i] of names.entries()) {
      const name = names[(i + round) % names.length] ?? "";
      const seconds = await steps.get(name)?.();
      if (seconds !== undefined && round > 0) samples.set(name, [...(samples.get(name) ?? []), seconds]);
    }
  }
  return samples;
}

function resultsOf(samples: ReadonlyMap<string, number[]>): Result[] {
  const of = (name: string) => samples.get(name) ?? [];
  const halves = [
    { what: "sealing alone", samples: of("seal") },
    { what: "copying alone", samples: of("copy") },
  ];
  const [slower, faster] = halves.sort((a, b) => spreadOf(b.samples).value - spreadOf(a.samples).value);
  if (slower === undefined || faster === undefined) throw new Error("nothing was measured");
  const job = "1 GB, file to committed document through the api, one thread";
  return [
    timeResult(
      { id: "upload.local", what: `${job}, against the slower half of it alone`, bar: 0.7 },
      of("upload"),
      slower,
    ),
    timeResult({ id: "upload.local.other", what: "the same, against the faster half" }, of("upload"), faster),
    timeResult(
      { id: "upload.local.wire", what: "the same, against an upload that neither reads, seals nor hashes anything" },
      of("upload"),
      { what: "sending one part again and again", samples: of("send") },
    ),
  ];
}
