import { setTimeout as delay } from "node:timers/promises";
import { lookAtDue } from "@afterkeep/clock";
import { limitResult, type Result } from "../report.ts";
import { aClock, pinned } from "./a-clock.ts";
import { askSql, type BenchPostgres, runSql } from "./a-database.ts";
import { type ProductFolder, withProductFolder } from "./a-product.ts";
import { armSwitches } from "./armed-switches.ts";
import { armHerd, revisionReader } from "./keyholder-rows.ts";
import { openLoop, percentile } from "./open-loop.ts";
import { moveTo, signUpOwners } from "./people.ts";

const herd = Number(process.env["AFTERKEEP_BENCH_HERD"] ?? 1_000_000);
/** Until it is due, so that the product has started and stands still. */
const leadMs = 90_000;
const asksPerSecond = 20;
const much = `${herd / 1e6} M switches due at one instant`;

/** Of a whole herd in the whole product: a part of either is held to none of it. */
const bars = herd >= 1_000_000 ? { chain: { bar: 120 }, api: { bar: 50 } } : { chain: {}, api: {} };

/** A part, which has no bar: what PostgreSQL and the clock zone's code take to advance a herd, with a keyholder that answers at once and no api. */
export async function benchHerd(postgres: BenchPostgres): Promise<Result[]> {
  const database = await postgres.make("herd");
  await armSwitches(database.admin, herd, herd);
  const clock = aClock(database.roles.ak_clock);
  const start = performance.now();
  const looked = await lookAtDue(clock, { pinned, epoch: 1, nowMs: clock.clock.nowMs() });
  const seconds = (performance.now() - start) / 1000;
  await clock.db.destroy();
  if (looked !== herd) throw new Error(`only ${looked} were looked at`);
  const what = `${much}, clock zone and PostgreSQL alone: state, next look, leaf, mail, reminder; no keyholder but an answer at once, no api`;
  return [limitResult({ id: "switch.herd.clock", what, unit: "s" }, [seconds])];
}

/** The whole chain in the running product, every zone at work, and what the api takes meanwhile. */
export async function benchHerdChain(): Promise<Result[]> {
  return withProductFolder(async (folder) => {
    const first = await folder.start();
    const [signedUp] = await signUpOwners(first.url, 1);
    if (signedUp === undefined) throw new Error("nobody signed up");
    const admin = await folder.admin();
    await armSwitches(admin, herd, 0);
    const cursor = `(true, 1, ${herd})`;
    await runSql(
      admin,
      `insert into clock_cursor ("only", epoch, position) values ${cursor}
       on conflict ("only") do update set (epoch, position) = (excluded.epoch, excluded.position)`,
      // Why: these accounts have no keys of the kms, so their mails could be tried but not written. Why no later: what is put off by more than an
      // hour is due at once.
      `create function hold_mail() returns trigger language plpgsql as
       $$ begin new.next_attempt_at := clock_timestamp() + interval '58 minutes'; return new; end $$`,
      "create trigger hold_mail before insert on outbox for each row execute function hold_mail()",
    );
    await first.stop();
    armHerd(folder.data, herd, leadMs);
    const product = await folder.start();
    const [owner] = moveTo([signedUp], product.url);
    return measureChain(folder, async () => void (await owner?.ask("getStatus")));
  });
}

async function measureChain(folder: ProductFolder, ask: () => Promise<void>): Promise<Result[]> {
  const keyholder = revisionReader(folder.data);
  const admin = await folder.admin();
  const position = async () =>
    (await askSql<{ position: number }>(admin, "select position from clock_cursor")).position;
  while (keyholder.read() === herd) await delay(100);
  const start = performance.now();
  let settled = 0;
  let end = 0;
  const asking = openLoop(asksPerSecond, forEver(ask), () => end > 0);
  while (end === 0) {
    await delay(500);
    if (settled === 0 && keyholder.read() >= 2 * herd) settled = performance.now();
    if ((await position()) >= 2 * herd) end = performance.now();
  }
  keyholder.close();
  const times = await asking;
  const advanced = await askSql<{ n: number }>(
    admin,
    "select count(*) as n from switch_state where state = 'reminding'",
  );
  if (advanced.n !== herd) throw new Error(`only ${advanced.n} were advanced`);
  const seconds = (until: number) => [(until - start) / 1000];
  return [
    limitResult({ id: "switch.herd.settle", what: `${much}, settled by the keyholder, the clock zone reading along`, unit: "s" }, seconds(settled)),
    limitResult({ id: "switch.herd.chain", what: `${much}, through the running product: keyholder, its feed, clock zone, PostgreSQL; mail is written and held back`, unit: "s", ...bars.chain }, seconds(end)),
    limitResult({ id: "switch.herd.api", what: `p99 of ${times.length} asks for an owner's status in that time, ${asksPerSecond}/s`, unit: "ms", ...bars.api }, [percentile(times, 0.99)]),
    limitResult({ id: "switch.herd.api.median", what: "the same, median", unit: "ms" }, [percentile(times, 0.5)]),
  ]; // prettier-ignore
}

function* forEver(call: () => Promise<void>): Generator<() => Promise<void>> {
  for (;;) yield call;
}
