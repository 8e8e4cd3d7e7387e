import type { KeyholderClient, KeyholderSwitch } from "@afterkeep/clock";
import { DependencyError } from "@afterkeep/platform";
import { signedStatement } from "@afterkeep/statements";
import { generateSigningKey, sign } from "@afterkeep/crypto";
import { newId, randomBytes } from "@afterkeep/bytes";
import { Unavailable, type Handlers } from "../world/ask.ts";
import { startWallMs } from "../world/time.ts";
import type { ClockSite } from "./clock-site.ts";

type Asked = "info" | "switches" | "mintToken" | "reminderAccepted" | "showReceipt";
type RequestOf<Name extends Asked> = Parameters<Handlers[Name]>[0];

/** The keyholder as a process of the clock zone reaches it, with everything that can go wrong on the way. */
export function keyholderCalls(site: ClockSite, step: () => Promise<void>): KeyholderClient {
  const ask = async <Name extends Asked>(name: Name, request: RequestOf<Name>) => {
    await step();
    try {
      if (!site.isKeyholderInReach) throw new Unavailable("out of reach", false);
      const answer = await site.world.ask("clock", name, request);
      await step();
      return answer;
    } catch (cause) {
      if (!(cause instanceof Unavailable)) throw cause;
      throw new DependencyError("zone-unavailable", "The keyholder zone does not answer.", { cause });
    }
  };
  return {
    info: async (request) => ask("info", request),
    mintToken: async (request) => ask("mintToken", request),
    showReceipt: async (request) => ask("showReceipt", request),
    switches: async (request) => {
      const answer = await ask("switches", request);
      if (!site.isForging || !("after" in request)) return answer;
      site.isForging = false;
      const forged = await forgedItem(site, answer.items);
      if (forged === null) return answer;
      site.world.fault("forged decision");
      return { ...answer, items: [forged, ...answer.items] };
    },
    reminderAccepted: async (reminder) => {
      site.book.judgeNoted(reminder);
      return ask("reminderAccepted", reminder);
    },
  };
}

/** A switch that is not in the answer, with a decision that somebody else signed. */
async function forgedItem(
  { world, watcher }: ClockSite,
  items: readonly KeyholderSwitch[],
): Promise<KeyholderSwitch | null> {
  if (!world.process.isUp || world.process.hasCrashed) return null;
  const facts = world.random.pick([...world.ledger.bequests]);
  const [item] = (await watcher.describe(facts)).filter(({ b }) => b === facts.b);
  if (item === undefined || item.release !== "" || items.some(({ b }) => b === item.b)) return null;
  const { account, b, g, policyHash, lastSign } = item;
  const key = generateSigningKey(randomBytes);
  const recipients = item.slots.map(({ r }) => ({ r, delay: 0 }));
  if (recipients.length === 0) return null;
  const signer = { publicKey: key.publicKey, sign: (bytes: Uint8Array) => sign(bytes, key) };
  const decidedAt = startWallMs + world.now;
  const made = { decisionId: newId(decidedAt), manifestHash: lastSign, trigger: "silence", decidedAt } as const;
  const body = { account, b, g, policyHash, lastSign, recipients, epoch: 1, mode: "real", ...made } as const;
  const { jws } = await signedStatement("release", { ...body, recipients: [...recipients] }, signer);
  const slots = recipients.map(({ r }) => ({ r, stage: "granted" as const, withdrawn: "" }));
  return { ...item, state: "releasing", release: jws, slots, remindersDue: [] };
}
