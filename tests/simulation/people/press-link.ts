import { putOffMs } from "../ledger/arithmetic.ts";
import type { BequestFacts, Moment } from "../ledger/facts.ts";
import type { World } from "../world/world.ts";
import type { KeyholderPin } from "./keyholder-pin.ts";
import { randomHash } from "./vault.ts";

const idle: ReadonlySet<string> = new Set(["disarmed", "closed", "paused", "held"]);

/** Presses the button behind a mail's link, and lets the ledger hear what it did. Throws what the keyholder refuses. */
export async function pressLink(world: World, pin: KeyholderPin, account: string, token: string): Promise<void> {
  const { ledger } = world;
  const pressed = ledger.now();
  const answer = await world.askServer("submitToken", { token, nonce: randomHash() });
  const receipt = pin.open("receipt", answer.receipt);
  for (const row of receipt.rows) {
    const facts = ledger.find(account, row.b);
    if (facts === null) continue;
    // Why by what is used: it begins anew where the link counted. In the others nothing is used at all.
    if (row.used === 0 && !idle.has(row.state)) ledger.hearWeak(facts, "token", row, pressed);
    else if (row.state === "releasing" && row.left === putOffMs && !isOfAnother(facts, pressed))
      ledger.hearWeak(facts, "token", row, pressed);
    // Why perhaps: a freeze hides what stands under it, and a link's receipt does not say what it counted for.
    else if (row.state === "frozen" && facts.decision !== null) facts.maybeHeard = pressed;
  }
  ledger.receipt(receipt, pressed);
}

/** Another sign of that very moment suspended it: all three days are left all the same. */
function isOfAnother({ decision }: BequestFacts, pressed: Moment): boolean {
  const before = decision?.suspended ?? null;
  return before !== null && pressed.served <= before.served;
}
