import { expect, it } from "vitest";
import { anArmedBequest, aRecipient } from "../stack/a-bequest.ts";
import { aSignedCheckIn } from "../stack/a-check-in.ts";
import { withStack } from "../stack/a-stack.ts";
import { anOwner } from "../stack/an-owner.ts";

it("a stolen session keeps no check-in of its owner from counting, however many challenges are asked for with it meanwhile", () =>
  withStack(async (stack) => {
    const owner = await anOwner(stack);
    const { b } = await anArmedBequest(owner, await aRecipient(owner));
    const stolen = owner.token;
    await owner.signIn();
    const statement = await aSignedCheckIn(owner);
    for (const purpose of ["control", "checkin"])
      for (let asked = 0; asked < 40; asked++)
        await stack.ask({ method: "POST", url: "/v1/challenges", body: { purpose }, token: stolen });
    const { receipt } = await owner.ask("checkIn", { body: { statement } });
    expect(await owner.take(receipt)).toMatchObject({ rows: [{ b, state: "armed", used: 0 }] });
  }));
