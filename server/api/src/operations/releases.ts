import { parseStatement } from "@afterkeep/formats";
import { InvariantError, NotFoundError } from "@afterkeep/platform";
import { releaseBody, statementLimits } from "@afterkeep/statements";
import type { RecipientActor } from "../context/actor.ts";
import type { Call } from "../context/call.ts";
import { requireMay } from "../policy/may.ts";

export type Release = {
  b: string;
  g: number;
  decisionId: string;
  stage: "waiting" | "granted" | "fetched" | "opened" | "withdrawn";
  releasedAt: number;
  opensAt: number;
};

/**
 * What the keyholder decided for one recipient, as it tells it now. Why not from our own tables: they may be late, and a rewritten
 * database must not open anything.
 */
export async function readReleases(call: Call, who: { tenant: string; recipient: string }): Promise<Release[]> {
  const { items } = await call.services.keyholder.switches({ account: who.tenant });
  return items.flatMap((item) => {
    const slot = item.slots.find(({ r }) => r === who.recipient);
    if (item.release === "" || slot === undefined) return [];
    const body = readRelease(item.release);
    const delay = body.recipients.find(({ r }) => r === who.recipient)?.delay ?? 0;
    const { b, g, decisionId, decidedAt } = body;
    return [{ b, g, decisionId, stage: slot.stage, releasedAt: decidedAt, opensAt: decidedAt + delay }];
  });
}

/** The release of b that stands open to the calling recipient. Throws NotFoundError: they may not know that there is another. */
export async function requireOpenRelease(
  call: Call<RecipientActor>,
  action: "getBundle" | "getReleasedObject",
  b: string,
): Promise<Release> {
  const { tenant, recipient } = call.actor;
  const releases = await readReleases(call, { tenant, recipient });
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
