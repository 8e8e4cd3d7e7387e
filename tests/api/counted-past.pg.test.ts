import { giveBackUnasked } from "@afterkeep/api/give-back-unasked";
import { DependencyError } from "@afterkeep/platform";
import { describe, expect, it, vi } from "vitest";
import { anArmedBequest, aRecipient, askFor, type Bequest, fetchGrant } from "../stack/a-bequest.ts";
import { aDelegate, aDelegatedCheckIn, aSignedCheckIn } from "../stack/a-check-in.ts";
import { dayMs, type Stack, withStack } from "../stack/a-stack.ts";
import { anOwner, askRoute, type Owner, randomHash } from "../stack/an-owner.ts";

const asApi = { caller: "api", requestId: "test" } as const;

async function aLink({ stack, account }: Owner): Promise<{ token: string; nonce: string }> {
  const { token } = await stack.keyholder.handlers.mintToken({ account }, { ...asApi, caller: "clock" });
  return { token, nonce: randomHash() };
}

async function pressLink(owner: Owner, link?: { token: string; nonce: string }): Promise<void> {
  await askRoute(owner.stack, "checkInByToken", { body: link ?? (await aLink(owner)) });
}

/** Whatever is shown to the keyholder does not come there. @returns ends it */
function hideFromKeyholder({ api }: Stack): () => void {
  const away = new DependencyError("away", "Not now.");
  const hidden = vi.spyOn(api.services.keyholder, "showReceipt").mockRejectedValue(away);
  return () => hidden.mockRestore();
}

/** A bequest for which a mail link and a job count, and one for which neither does. */
const kinds = [["signed", "token", "delegated"], ["signed"]] as const;

/** Both asked for and refused by a check-in, which the keyholder lost with its whole folder: there both are still asked for. */
async function aLostRefusal(stack: Stack) {
  const owner = await anOwner(stack);
  const delegate = await aDelegate(owner);
  const bequests: Bequest[] = [];
  for (const classes of kinds) {
    const wish = { classes: [...classes], requestWaitMs: 3 * dayMs, mseq: bequests.length + 1 };
    bequests.push(await anArmedBequest(owner, await aRecipient(owner), wish));
  }
  await stack.silence(8 * dayMs);
  await owner.ask("checkIn", { body: { statement: await aSignedCheckIn(owner) } });
  for (const bequest of bequests) await askFor(bequest);
  const copy = await stack.backUpKeyholder();
  const { receipt } = await owner.ask("checkIn", { body: { statement: await aSignedCheckIn(owner) } });
  await stack.restoreKeyholderFolder(copy);
  const known = async () => {
    const { items } = await stack.keyholder.handlers.switches({ account: owner.account }, asApi);
    const { epoch } = await stack.keyholder.handlers.info({}, asApi);
    return { epoch, states: bequests.map(({ b }) => items.find((one) => one.b === b)?.state) };
  };
  return { owner, delegate, bequests, receipt, known };
}

const held = { epoch: 2, states: ["held", "held"] };

describe("a keyholder that was put back with its whole folder, and counted past a check-in that it lost", () => {
  it.each([1, 2, 5])("is found out by the first of %i mail links that are pressed", (links) =>
    withStack(async (stack) => {
      const { owner, known } = await aLostRefusal(stack);
      expect(await known()).toEqual({ epoch: 1, states: ["requested", "requested"] });
      await pressLink(owner);
      expect(await known()).toEqual(held);
      for (let more = 1; more < links; more++) await expect(pressLink(owner)).rejects.toThrow("403");
    }),
  );

  it("is found out by a job as well", () =>
    withStack(async (stack) => {
      const { owner, delegate, known } = await aLostRefusal(stack);
      const statement = await aDelegatedCheckIn(owner, delegate);
      await askRoute(stack, "checkInByDelegate", { body: { statement } });
      expect(await known()).toEqual(held);
    }));

  const doors: Record<string, (owner: Owner, bequests: readonly Bequest[]) => Promise<unknown>> = {
    "in the hourly turn": ({ stack }) => giveBackUnasked(stack.api.services),
    "with a challenge": (owner) => owner.challenge("checkin"),
  };
  for (const [when, open] of Object.entries(doors))
    it.each([1, 2, 5])(`is found out ${when} where it could not be told at once, after %i mail links`, (links) =>
      withStack(async (stack) => {
        const { owner, bequests, known } = await aLostRefusal(stack);
        const appear = hideFromKeyholder(stack);
        for (let pressed = 0; pressed < links; pressed++) await pressLink(owner);
        expect((await known()).epoch).toBe(1);
        appear();
        await open(owner, bequests);
        expect(await known()).toEqual(held);
      }),
    );

  it.each([1, 2, 5])("gives no share after %i mail links, neither of what they count for nor of the other", (links) =>
    withStack(async (stack) => {
      const { owner, bequests, receipt, known } = await aLostRefusal(stack);
      const appear = hideFromKeyholder(stack);
      for (let pressed = 0; pressed < links; pressed++) await pressLink(owner);
      await stack.silence(10 * dayMs);
      expect(await known()).toEqual({ epoch: 1, states: ["released", "released"] });
      appear();
      for (const { b, recipient } of bequests)
        await expect(recipient.ask("prove", { params: { b } })).rejects.toThrow("404");
      expect(await known()).toEqual(held);
      expect((await stack.keyholder.handlers.showReceipt({ receipt }, asApi)).isProof).toBe(false);
    }),
  );

  it("gives no share either where it was proven to before that, and its grant alone is asked for", () =>
    withStack(async (stack) => {
      const { owner, bequests, known } = await aLostRefusal(stack);
      const { keyholder } = stack.api.services;
      const real = keyholder.showReceipt;
      const appear = hideFromKeyholder(stack);
      for (const _ of ["one", "two"]) await pressLink(owner);
      await stack.silence(10 * dayMs);
      appear();
      const once = vi.spyOn(keyholder, "showReceipt").mockResolvedValue({ isProof: false });
      const { prove } = keyholder;
      vi.spyOn(keyholder, "prove").mockImplementation(async (asked) => {
        const answer = await prove(asked);
        once.mockImplementation(real);
        return answer;
      });
      await expect(fetchGrant(bequests[0] as Bequest)).rejects.toThrow("404");
      expect(await known()).toEqual(held);
    }));

  it("is found out where a link that it lost is pressed again in the same way, and another one counts past it", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const { b } = await anArmedBequest(owner, await aRecipient(owner));
      const link = await aLink(owner);
      const copy = await stack.backUpKeyholder();
      await pressLink(owner, link);
      await stack.restoreKeyholderFolder(copy);
      // Why later: at the same moment the very same receipt would be given, and nothing lost.
      stack.passProduct(dayMs);
      const appear = hideFromKeyholder(stack);
      for (const pressed of [link, undefined]) await pressLink(owner, pressed);
      appear();
      await owner.challenge("checkin");
      const { items } = await stack.keyholder.handlers.switches({ account: owner.account }, asApi);
      expect(items).toMatchObject([{ b, state: "held" }]);
    }));

  it("is asked about by itself no more than anybody once it was found out and the owner has checked in", () =>
    withStack(async (stack) => {
      const { owner, known } = await aLostRefusal(stack);
      await pressLink(owner);
      await owner.ask("checkIn", { body: { statement: await aSignedCheckIn(owner) } });
      await giveBackUnasked(stack.api.services);
      const shown = vi.spyOn(stack.api.services.keyholder, "showReceipt");
      await owner.challenge("checkin");
      expect(shown).toHaveBeenCalledTimes(1);
      expect(await known()).toEqual({ epoch: 2, states: ["armed", "armed"] });
    }));
});
