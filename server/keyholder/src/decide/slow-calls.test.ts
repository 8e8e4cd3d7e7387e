import { describe, expect, it } from "vitest";
import { address, depositContact, deposited, policyOf } from "../testing/a-bequest.ts";
import { dayMs, type TestKeyholder, withKeyholder } from "../testing/a-keyholder.ts";
import { anOwner, aPerson, type Owner } from "../testing/an-owner.ts";
import { inStore } from "../testing/in-store.ts";
import { remindAll, silence, switchOf } from "../testing/a-silence.ts";

const slow = "slow@example.test";

async function withShortTurns(test: TestKeyholder): Promise<void> {
  test.callTurnMs = 200;
  await test.restart();
}

async function armedFor(test: TestKeyholder, addresses: readonly string[]): Promise<{ owner: Owner; b: string }> {
  const owner = await anOwner(test);
  const generation = await deposited(owner, [await aPerson()]);
  const contacts = await Promise.all(addresses.map((one) => depositContact(owner, one)));
  await owner.signAndSubmit("policy", policyOf(owner, generation, { contacts }));
  return { owner, b: generation.b };
}

/** The server has what goes to the slow address, and does not say so before it is told to. */
function isSlowFor(test: TestKeyholder): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  test.mail.onMail = async (to) => (to === slow ? promise : undefined);
  return resolve;
}

/** Time passes until their last call is due, which nobody has begun. */
async function untilDue(test: TestKeyholder, { owner, b }: { owner: Owner; b: string }): Promise<void> {
  while ((await switchOf(owner, b)).lastCall !== "due") {
    test.clock.advance(dayMs / 4);
    await test.keyholder.tick();
    await remindAll(test);
  }
}

const sentTo = (test: TestKeyholder, to: string) => test.mail.mails.filter((mail) => mail.to === to).length;

describe("a call that a mail server takes minutes to take", () => {
  it("keeps no other owner waiting, is not made twice, and counts once it is taken", () =>
    withKeyholder(async (test) => {
      await withShortTurns(test);
      const [first, second] = [await armedFor(test, [slow]), await armedFor(test, [address])];
      const sayYes = isSlowFor(test);
      await untilDue(test, first);
      await test.keyholder.callOwners();
      await expect.poll(async () => (await switchOf(second.owner, second.b)).lastCall).toBe("accepted");
      test.clock.advance(dayMs / 4);
      await test.keyholder.tick();
      await test.keyholder.callOwners();
      expect([(await switchOf(first.owner, first.b)).lastCall, sentTo(test, slow)]).toEqual(["due", 1]);
      sayYes();
      await test.keyholder.called();
      expect((await switchOf(first.owner, first.b)).lastCall).toBe("accepted");
      await silence(test, dayMs / 4);
      expect(sentTo(test, slow)).toBe(1);
    }));

  it("keeps none of its owner's other addresses waiting", () =>
    withKeyholder(async (test) => {
      await withShortTurns(test);
      const owned = await armedFor(test, [slow, address]);
      const sayYes = isSlowFor(test);
      await untilDue(test, owned);
      await test.keyholder.callOwners();
      await expect.poll(() => [sentTo(test, slow), sentTo(test, address)]).toEqual([1, 1]);
      sayYes();
      await test.keyholder.called();
    }));

  it("keeps its link where the server never said that it has it: its reader may", () =>
    withKeyholder(async (test) => {
      await withShortTurns(test);
      const owned = await armedFor(test, [slow]);
      isSlowFor(test);
      await untilDue(test, owned);
      await test.keyholder.callOwners();
      await expect.poll(() => sentTo(test, slow)).toBe(1);
      test.mailer.close();
      await test.keyholder.called();
      expect((await switchOf(owned.owner, owned.b)).lastCall).toBe("due");
      expect(inStore(test, (database) => database.prepare("select hash from token").all())).toHaveLength(1);
    }));
});
