import { AfterkeepError } from "@afterkeep/platform";
import { Unavailable } from "../world/ask.ts";
import type { World } from "../world/world.ts";
import type { KeyholderPin } from "./keyholder-pin.ts";
import { pressLink } from "./press-link.ts";
import { sayAccepted } from "./say-accepted.ts";
import type { ShownSwitch } from "./shown-switch.ts";

/**
 * A clock zone in somebody else's hands: it sends no mail and says that all of them were taken, those that are due and others; and now and
 * then it presses a link itself, which delays as far as the policy lets links go (S7).
 */
export async function tellLies(
  world: World,
  pin: KeyholderPin,
  shown: ShownSwitch,
  isPressing: boolean,
): Promise<void> {
  const { account, b, lastSign, remindersDue } = shown;
  const claims = [...remindersDue, ...(["reminding", "grace", "gap"] as const).map((phase) => ({ phase, index: 0 }))];
  for (const claim of claims) await sayAccepted(world, { account, b, lastSign, ...claim });
  const { token } = await world.ask("clock", "mintToken", { account });
  if (!isPressing || !world.random.chance(0.03)) return;
  await pressLink(world, pin, account, token).catch((error: unknown) => {
    if (error instanceof Unavailable && error.mayHaveCounted)
      for (const facts of world.ledger.of(account)) facts.maybeHeard = world.ledger.now();
    if (!(error instanceof Unavailable || error instanceof AfterkeepError)) throw error;
  });
}
