import { parseStatement } from "@afterkeep/formats";
import { InvariantError, NotFoundError } from "@afterkeep/platform";
import { releaseBody, statementLimits } from "@afterkeep/statements";
import type { SlotStage } from "@afterkeep/switch";
import type { RecipientActor } from "../context/actor.ts";
import type { Call } from "../context/call.ts";
import { requireMay } from "../policy/may.ts";

type SwitchOf = Awaited<ReturnType<Call["services"]["keyholder"]["switches"]>>["items"][number];
export type Release = {
  b: string;
  g: number;
  decisionId: string;
  stage: SlotStage;
  releasedAt: number;
  opensAt: number;
  keptUntil?: number;
};

/** What a recipient asked for and the owner has not answered, or refused a short while ago. */
export type AskedFor = { b: string; request: string; stage: "open" | "refused"; left: number };

/**
 * What the keyholder decided for one recipient, and what they asked it for, as it tells it now. Why not from our own tables: they may be late, and a rewritten
 * database must not open anything.
 */
export async function readReleases(
  call: Call,
  who: { tenant: string; recipient: string },
): Promise<{ releases: Release[]; requests: AskedFor[] }> {
  const { items } = await call.services.keyholder.switches({ account: who.tenant });
  const requests = items.flatMap(({ b, requests: asked }) =>
    asked.filter(({ r }) => r === who.recipient).map(({ request, stage, left }) => ({ b, request, stage, left })),
  );
  return { releases: releasesTo(who.recipient, items), requests: requests.slice(0, 64) };
}

function releasesTo(recipient: string, items: readonly SwitchOf[]): Release[] {
  return items.flatMap((item) => {
    const slot = item.slots.find(({ r }) => r === recipient);
    if (item.release === "" || slot === undefined) return [];
    const body = readRelease(item.release);
    const delay = body.recipients.find(({ r }) => r === recipient)?.delay ?? 0;
    const { b, g, decisionId, decidedAt } = body;
    const opened = { b, g, decisionId, stage: slot.stage, releasedAt: decidedAt, opensAt: decidedAt + delay };
    // Why only of these: what was fetched left, and nothing makes it wait.
    const isKept = item.left > 0 && (slot.stage === "waiting" || slot.stage === "granted");
    if (!isKept) return [opened];
    return [{ ...opened, opensAt: Math.max(opened.opensAt, item.earliestWallMs), keptUntil: item.earliestWallMs }];
  });
}

/** The release of b that stands open to the calling recipient. Throws NotFoundError: they may not know that there is another. */
export async function requireOpenRelease(
  call: Call<RecipientActor>,
  action: "getBundle" | "getReleasedObject",
  b: string,
): Promise<Release> {
  const { tenant, recipient } = call.actor;
  const { releases } = await readReleases(call, { tenant, recipient });
  const release = releases.find((one) => one.b === b && ["granted", "fetched", "opened"].includes(one.stage));
  if (release === undefined) throw releaseUnknown();
  requireMay(call.actor, action, { tenant, recipient });
  return release;
}

export function releaseUnknown(): NotFoundError {
  return new NotFoundError("release-unknown", "Nothing of that kind is open to you.", {
    next: "Reload the page of what was left to you.",
  });
}

function readRelease(jws: string) {
  try {
    return releaseBody.parse(parseStatement(jws, "release", statementLimits.release).payload);
  } catch (cause) {
    throw new InvariantError("release-unreadable", "The keyholder's decision could not be read.", { cause });
  }
}
