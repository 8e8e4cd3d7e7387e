import { limitResult, type Result } from "../report.ts";
import { withProductFolder } from "./a-product.ts";
import { armAccounts } from "./keyholder-rows.ts";
import { openLoop, percentile } from "./open-loop.ts";
import { moveTo, type Owner, readyCheckIn, signUpOwners } from "./people.ts";

const perSecond = 200;
const seconds = 20;
/** The keyholder keeps 32 open challenges for an account. */
const checkInsEach = 30;

/** Signed check-ins, sent at a fixed rate to the running product; each takes until its receipt is verified. */
export async function benchCheckIn(rounds: number): Promise<Result[]> {
  return withProductFolder(async (folder) => {
    const first = await folder.start();
    const signedUp = await signUpOwners(first.url, Math.ceil((perSecond * seconds) / checkInsEach));
    await first.stop();
    armAccounts(
      folder.data,
      signedUp.map(({ account }) => account),
    );
    const owners = moveTo(signedUp, (await folder.start()).url);
    const [p50, p99]: [number[], number[]] = [[], []];
    for (let round = 0; round <= rounds; round++) {
      // Round 0 warms up.
      const times = await openLoop(perSecond, await prepare(owners, perSecond * (round === 0 ? 3 : seconds)));
      if (round === 0) continue;
      p50.push(percentile(times, 0.5));
      p99.push(percentile(times, 0.99));
    }
    const job = `from the scheduled moment to the verified receipt, ${perSecond}/s for ${seconds} s, ${owners.length} owners with an armed bequest each`;
    return [
      limitResult({ id: "switch.checkin", what: `p99 ${job}`, bar: 50, unit: "ms" }, p99),
      limitResult({ id: "switch.checkin.median", what: "the same, median", unit: "ms" }, p50),
    ];
  });
}

async function prepare(owners: readonly Owner[], count: number): Promise<(() => Promise<void>)[]> {
  const keyholder = await owners[0]?.keyholderKey();
  if (keyholder === undefined) throw new Error("nobody signed up");
  const known = { keyholder, blob: "" };
  const calls: (() => Promise<void>)[] = [];
  while (calls.length < count)
    calls.push(
      ...(await Promise.all(owners.slice(0, count - calls.length).map((owner) => readyCheckIn(owner, known)))),
    );
  return calls;
}
