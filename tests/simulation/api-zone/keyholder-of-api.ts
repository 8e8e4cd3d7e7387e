import { keyholderContract } from "@afterkeep/contracts";
import { DependencyError, type ZoneClient } from "@afterkeep/platform";
import { type Handlers, Unavailable } from "../world/ask.ts";
import type { ApiSite } from "./api-site.ts";

type Client = ZoneClient<typeof keyholderContract>;
type Name = keyof Handlers;

/** Signs of life: their clients must know when they came. */
const signs: ReadonlySet<string> = new Set(["submit", "submitToken", "attest"]);

/** The keyholder as the api's process reaches it, with everything that can go wrong on the way. */
export function keyholderOfApi(site: ApiSite, step: (mayPause: boolean) => Promise<void>): Client {
  const callOf = (name: Name) => async (request: Parameters<Handlers[Name]>[0]) => {
    await step(!signs.has(name));
    try {
      if (!site.isKeyholderInReach) throw new Unavailable("out of reach", false);
      const answer = await site.book.watch(name, request, async () => site.world.ask("api", name, request));
      await step(true);
      return answer;
    } catch (cause) {
      if (!(cause instanceof Unavailable)) throw cause;
      site.troubles++;
      throw new DependencyError("zone-unavailable", "The keyholder zone does not answer.", { cause });
    }
  };
  const names = Object.keys(keyholderContract) as Name[];
  // Why it is safe: each name of the contract has its own handler behind it.
  return Object.fromEntries(names.map((name) => [name, callOf(name)])) as unknown as Client;
}
