import {
  checkPolicyTimes,
  freezeCoolDownMs,
  freezesInARow,
  longestFreezeMs,
  longestPauseMs,
  shortestFreezeMs,
} from "@afterkeep/switch";
import type { StatementBody, StatementKind } from "./bodies.ts";
import { zeroHash, zeroId } from "./bodies.ts";
import { expectThat } from "./errors.ts";

type BodyChecks = { readonly [K in StatementKind]?: (body: StatementBody<K>) => void };

/** What holds between the fields of one statement, beyond what its schema says of each. */
const bodyChecks: BodyChecks = {
  key: checkKey,
  delegate: ({ seq }) => expectThat(seq > 0, "genesis"),
  policy: checkPolicy,
  manifest: checkManifest,
  disarm: checkScope,
  pause: checkPause,
  refuse: checkScope,
  freeze: checkFreeze,
  "freeze-state": checkFreezeState,
  checkin: ({ answers }) => expectThat(areDistinct(answers.map(({ request }) => request)), "unsupported", "answers"),
};

/** Throws StatementError if the fields of a body, each fine alone, do not fit together. */
export function checkBody<K extends StatementKind>(kind: K, body: StatementBody<K>): void {
  bodyChecks[kind]?.(body);
}

function checkKey(body: StatementBody<"key">): void {
  expectThat((body.seq === 0) === (body.prev === zeroHash), "genesis", "seq 0 and prev zero go together");
  const keys = [body.ownerKey, body.revocationKey, ...body.devices.map(({ key }) => key)];
  expectThat(areDistinct(keys), "unsafe-key", "used twice");
}

function checkPolicy(body: StatementBody<"policy">): void {
  expectThat(body.seq > 0, "genesis");
  expectThat(body.b !== zeroId && body.g >= 1, "generation", "a bequest begins with generation 1");
  expectThat(body.classes.includes("signed") && areDistinct(body.classes), "unsupported", "classes");
  expectThat(body.keyholders[0] === body.aud, "audience", "keyholders");
  expectThat(areDistinct(body.contacts), "unsupported", "contacts");
  checkRecipients(body);
  checkRequests(body);
  const [problem] = checkPolicyTimes(body);
  expectThat(problem === undefined, "times", problem);
}

function checkRecipients({ recipients, acceptUnverified }: StatementBody<"policy">): void {
  expectThat(areDistinct(recipients.map(({ r }) => r)), "unsupported", "a recipient named twice");
  const isVerified = recipients.every(({ verified }) => verified !== "none");
  expectThat(isVerified || acceptUnverified, "unverified");
  // Why: a gate key, a share or a sealed part used for two people lets one person's release open the other's.
  const parts = recipients.flatMap((one) => [
    one.outerHash,
    one.shareCommit,
    ...one.paths.map(({ pathHash }) => pathHash),
  ]);
  expectThat(areDistinct(parts), "generation-reused");
}

/** Only who receives may ask: a request opens nothing for anybody else. */
function checkRequests({ requests, recipients }: StatementBody<"policy">): void {
  expectThat(areDistinct(requests.map(({ r }) => r)), "unsupported", "a recipient who asks is named twice");
  const isNamed = requests.every(({ r }) => recipients.some((one) => one.r === r));
  expectThat(isNamed, "unsupported", "somebody who receives nothing may ask");
}

function checkManifest(body: StatementBody<"manifest">): void {
  expectThat(body.seq > 0, "genesis");
  expectThat((body.b === zeroId) === (body.g === 0), "generation", "generation 0 is the owner's own vault");
}

function checkPause(body: StatementBody<"pause">): void {
  checkScope(body);
  expectThat(body.forMs <= longestPauseMs, "times", "a pause is too long");
}

function checkFreeze({ what, forMs, freeze }: StatementBody<"freeze">): void {
  if (what === "thaw") expectThat(forMs === 0 && freeze !== zeroHash, "times", "a thaw names the freeze that it ends");
  else expectThat(forMs >= shortestFreezeMs && forMs <= longestFreezeMs, "times", "a freeze is too short or too long");
}

/** What the keyholder says of its freeze is what a freeze can be. */
function checkFreezeState({ at, freeze, left, until, more, again }: StatementBody<"freeze-state">): void {
  expectThat((freeze !== zeroHash) === left > 0, "times", "a freeze that runs ends later");
  expectThat(left <= longestFreezeMs && until === at + left, "times", "a freeze is too long");
  expectThat(more <= freezesInARow && again <= longestFreezeMs + freezeCoolDownMs, "times", "a row is too long");
}

function checkScope({ scope, b, policyHash }: Pick<StatementBody<"disarm">, "scope" | "b" | "policyHash">): void {
  const isNamed = b !== "" && policyHash !== "";
  const isEmpty = b === "" && policyHash === "";
  expectThat(scope === "bequest" ? isNamed : isEmpty, "unsupported", "scope");
}

function areDistinct(values: readonly string[]): boolean {
  return new Set(values).size === values.length;
}
