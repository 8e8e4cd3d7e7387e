import { encodeBase64url, newId, randomBytes } from "@afterkeep/bytes";
import { parseRecoveryKit } from "@afterkeep/formats";
import { describe, expect, it } from "vitest";
import { makeKit } from "./kit.ts";

describe("a recovery kit", () => {
  it("can be typed back in from the page that was printed", () => {
    const kit = { account: newId(1), secret: randomBytes(32), keyholder: encodeBase64url(randomBytes(32)) };
    const page = makeKit(kit, "https://vault.example.org");
    expect(parseRecoveryKit(page.text)).toEqual(kit);
    expect(page.words.length).toBe(24);
    expect(page.text).toContain("https://vault.example.org");
    expect(page.text).toContain("What this is for");
    expect(page.text).toContain("Signing in with them is not part of this version");
    expect(page.text).not.toMatch(/open your vault if/);
  });
});
