import { describe, expect, it } from "vitest";
import { withStack } from "../stack/a-stack.ts";
import { anOwner } from "../stack/an-owner.ts";

describe("signing up and in", () => {
  it("makes an account, proves its address and signs in again", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack, "Ada@Example.test");
      expect(await owner.ask("getAccount")).toMatchObject({ account: owner.account, email: "Ada@example.test", emailVerified: true, displayName: "Ada Owner" });
      const again = await owner.trySignIn({ email: "ada@example.TEST" });
      expect([again.status, again.body]).toMatchObject([200, { account: owner.account }]);
    }));
});
