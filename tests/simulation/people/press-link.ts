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
    // Why by what is used: it begins anew where the link counted. In the others nothing is used at all.
    if (facts !== null && row.used === 0 && !idle.has(row.state)) ledger.hearWeak(facts, "token", pressed);
  }
  ledger.receipt(receipt, pressed);
}
