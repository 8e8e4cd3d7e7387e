import { enableCompileCache } from "node:module";
import { parseArgs } from "node:util";
import { ownEntropy } from "./chance/own-entropy.ts";
import { findMutant } from "./mutants/mutants.ts";
import { liveRealShare } from "./real-share.ts";
import { injectStandIns, plantMutant } from "./stand-ins/replace-modules.ts";

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
    small: { type: "boolean", default: false },
    ticked: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});

const isMixed = values.signatures === "mixed" && values.mutant === undefined && values.world === undefined;

// Why: a test starts dozens of these, and reading the product's files costs each as much as a hundred vault-years.
enableCompileCache();
// Why: stack traces of refusals that are expected cost more than everything they interrupt.
if (values.world === undefined) Error.stackTraceLimit = 0;
// Why this order: whatever of the product is loaded before, keeps its own randomness, signatures and rules.
ownEntropy();
if (values.mutant !== undefined) plantMutant(findMutant(values.mutant));
if (values.signatures !== "real") injectStandIns();
const { simulate } = await import("./simulate.ts");
const report = await simulate({
  seed: values.seed,
  vaultYears: Number(values["vault-years"]),
  world: values.world ?? null,
  isSmall: values.small,
  isTicked: values.ticked,
  years: values.years === undefined ? null : Number(values.years),
  areTwins: values.twins,
});
const real = isMixed ? await liveRealShare(values.seed, report.vaultYears) : null;
const whole = real === null ? report : { ...report, real, violations: [...report.violations, ...real.violations] };
console.log(values.json ? JSON.stringify(whole) : JSON.stringify(whole, null, 2));
process.exitCode = whole.violations.length === 0 ? 0 : 1;
