import { enableCompileCache } from "node:module";
import { constants, setPriority } from "node:os";
import { parseArgs } from "node:util";
import { ownEntropy } from "./chance/own-entropy.ts";
import { findMutant } from "./mutants/mutants.ts";
import { liveInChunks } from "./live-in-chunks.ts";
import { liveRealShare } from "./real-share.ts";
import type { Report } from "./report.ts";
import { worldSizes } from "./world-plan.ts";
import { injectStandIns, plantMutant, putDatabaseIntoMemory } from "./stand-ins/replace-modules.ts";

const { values } = parseArgs({
  options: {
    "vault-years": { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
    /** `real`, `injected`, or `mixed`: injected, and then real ones for a hundredth. */
    signatures: { type: "string", default: "mixed" },
    mutant: { type: "string" },
    world: { type: "string" },
    twins: { type: "boolean", default: false },
    /** Of every world, instead of its own. */
    years: { type: "string" },
    /** Which kinds: `mixed`, `eventful`, or `small`. */
    worlds: { type: "string", default: "mixed" },
    ticked: { type: "boolean", default: false },
    /** The world to begin with. */
    from: { type: "string", default: "0" },
    /** So many processes at a time live the worlds in chunks, of so many vault-years each. */
    workers: { type: "string" },
    chunk: { type: "string", default: "5000" },
    /** A file of what finished chunks came to: a run that was stopped goes on from there. */
    kept: { type: "string" },
    /** Lives on after a world that broke an invariant, and reports all of them. */
    "goes-on": { type: "boolean", default: false },
    /** Takes only the processor's time that nobody else wants. */
    "lets-others-go-first": { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});

if (values["lets-others-go-first"]) setPriority(constants.priority.PRIORITY_LOW);
const vaultYears = Number(values["vault-years"]);
const worlds = worldSizes.parse(values.worlds);
const whole = values.workers === undefined ? await liveHere() : await liveElsewhere(Number(values.workers));
console.log(values.json ? JSON.stringify(whole) : JSON.stringify(whole, null, 2));
process.exitCode = whole.violations.length === 0 ? 0 : 1;

async function liveElsewhere(workers: number): Promise<Report> {
  const { seed, signatures, twins: areTwins, chunk, kept = null, "goes-on": goesOn } = values;
  return liveInChunks({
    seed,
    vaultYears,
    signatures,
    worlds,
    areTwins,
    workers,
    chunkYears: Number(chunk),
    goesOn,
    kept,
  });
}

async function liveHere(): Promise<Report & { readonly real?: Report }> {
  const isMixed = values.signatures === "mixed" && values.mutant === undefined && values.world === undefined;
  // Why: a test starts dozens of these, and reading the product's files costs each as much as a hundred vault-years.
  enableCompileCache();
  // Why: stack traces of refusals that are expected cost more than everything they interrupt.
  if (values.world === undefined) Error.stackTraceLimit = 0;
  // Why this order: whatever of the product is loaded before, keeps its own randomness, signatures and rules.
  ownEntropy();
  if (values.mutant !== undefined) plantMutant(findMutant(values.mutant));
  putDatabaseIntoMemory();
  if (values.signatures !== "real") injectStandIns();
  const { simulate } = await import("./simulate.ts");
  const report = await simulate({
    seed: values.seed,
    vaultYears,
    world: values.world ?? null,
    worlds,
    isTicked: values.ticked,
    years: values.years === undefined ? null : Number(values.years),
    from: Number(values.from),
    areTwins: values.twins,
    goesOn: values["goes-on"],
  });
  const real = isMixed ? await liveRealShare(values.seed, report.vaultYears) : null;
  return real === null ? report : { ...report, real, violations: [...report.violations, ...real.violations] };
}
