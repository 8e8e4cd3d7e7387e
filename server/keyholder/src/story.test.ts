import { encodeBase64url } from "@afterkeep/bytes";
import { openStatement } from "@afterkeep/statements";
import { describe, expect, it } from "vitest";
import { armed } from "./testing/a-bequest.ts";
import { dayMs, withKeyholder } from "./testing/a-keyholder.ts";
import { anOwner, aPerson } from "./testing/an-owner.ts";
import { fetchShare, silence } from "./testing/a-silence.ts";
import { openGate, placeOf } from "./testing/open-gate.ts";

describe("a whole silence", () => {
  it("gives the share only after interval, grace and last call, and it opens what the owner sealed", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const person = await aPerson();
      const bequest = await armed(owner, [person]);
      const receipt = await owner.checkIn();
      const row = receipt.rows[0];
      expect(row?.state).toBe("armed");
      await silence(test, 46.9 * dayMs);
      await expect(fetchShare(owner, bequest.b, person)).rejects.toThrow("not-granted");
      await silence(test, 2 * dayMs);
      expect(test.clock.nowMs()).toBeGreaterThan(row?.earliest.silence ?? Infinity);
      const fetched = await fetchShare(owner, bequest.b, person);
      const release = openStatement("release", fetched.release, await owner.keyholderKey()).body;
      expect(release.decidedAt).toBeGreaterThanOrEqual(row?.earliest.silence ?? Infinity);
      expect(release).toMatchObject({ policyHash: bequest.policyHash, manifestHash: bequest.manifestHash });
      expect(encodeBase64url(fetched.grant.share)).toBe(encodeBase64url(bequest.parts[0]?.share ?? new Uint8Array()));
      const parts = { ...fetched, share: fetched.grant.share };
      const opened = await openGate(
        placeOf(owner, person, bequest.b),
        owner.ownerKey.publicKey,
        person.identity,
        parts,
      );
      expect(opened).toBe(bequest.identity);
      expect(test.mail.mails.map(({ to }) => to)).toEqual(["owner@example.test"]);
      expect(test.errors).toEqual([]);
    }));
});
