import { describe, expect, it } from "vitest";
import { createApiSecrets } from "./api-secrets.ts";

const answer = (key: number) => ({
  opaqueServerSetup: "setup",
  blindIndexKey: Buffer.alloc(32, key).toString("base64url"),
});

describe("the keyed index of addresses", () => {
  it("finds one mailbox under every spelling that people use, and another under none", async () => {
    const { indexOf } = await createApiSecrets({ apiSecrets: async () => answer(1) }).get();
    const ada = indexOf("ada@example.test");
    for (const same of ["Ada@Example.TEST", " ada@example.test ", "ADA@EXAMPLE.TEST"])
      expect(indexOf(same).equals(ada)).toBe(true);
    for (const other of ["adb@example.test", "ada@example.tes", "ada+1@example.test"])
      expect(indexOf(other).equals(ada)).toBe(false);
  });

  it("depends on the key, and is not the id that an unknown address seems to have", async () => {
    const [one, two] = await Promise.all(
      [1, 2].map((key) => createApiSecrets({ apiSecrets: async () => answer(key) }).get()),
    );
    expect(one?.indexOf("ada@example.test").equals(two?.indexOf("ada@example.test") ?? Buffer.alloc(0))).toBe(false);
    expect(one?.fakeAccountOf("ada@example.test")).toMatch(/^[A-Za-z0-9_-]{21}[AQgw]$/);
    expect(one?.fakeAccountOf("ada@example.test")).toBe(one?.fakeAccountOf("ADA@example.test"));
    expect(one?.indexOf("ada@example.test").toString("base64url")).not.toContain(
      one?.fakeAccountOf("ada@example.test"),
    );
  });

  it("asks the kms again after a failure, and once after a success", async () => {
    let asked = 0;
    const secrets = createApiSecrets({
      apiSecrets: async () => {
        asked += 1;
        if (asked === 1) throw new Error("not up yet");
        return answer(1);
      },
    });
    await expect(secrets.get()).rejects.toThrow("not up yet");
    await Promise.all([secrets.get(), secrets.get()]);
    await secrets.get();
    expect(asked).toBe(2);
  });
});
