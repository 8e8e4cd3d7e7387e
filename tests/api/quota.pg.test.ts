import { maxPendingVersions, problem } from "@afterkeep/contracts";
import { pgId } from "@afterkeep/platform";
import { removeRetired, tidyUp } from "@afterkeep/api";
import { describe, expect, it } from "vitest";
import { anUploadedDocument, aSealedDocument, commit, putPart, vault } from "../stack/a-document.ts";
import { type Answer, dayMs, type Stack, withStack } from "../stack/a-stack.ts";
import { anOwner, type Owner } from "../stack/an-owner.ts";

const codeOf = ({ body }: Answer): string => problem.safeParse(body).data?.code ?? "";

function begin(owner: Owner, length: number): Promise<Answer> {
  const announced = { ...aSealedDocument(200).announced, payloadLen: length - 100, objectLen: length };
  return owner.stack.ask({ method: "POST", url: "/v1/documents", body: announced, token: owner.token });
}

const used = async (owner: Owner) => (await owner.ask("getAccount")).usedBytes;
/** What one of these tests' versions takes besides its object: header, metadata, and a flat part for rows and files. */
const beside = 200 + 300 + 65_536;
const withQuota = (work: (stack: Stack) => Promise<void>, versions = 2, bytes = 10_000) =>
  withStack(work, { limits: { quotaBytes: bytes + versions * beside } });

describe("an account's quota", () => {
  it("is kept by announcement, told in numbers, and another account's is its own", () =>
    withQuota(async (stack) => {
      const [owner, other] = [await anOwner(stack), await anOwner(stack)];
      await anUploadedDocument(owner, 6000);
      const refused = await begin(owner, 4001);
      expect([refused.status, codeOf(refused)]).toEqual([403, "quota-exceeded"]);
      expect(problem.parse(refused.body).next).toContain(
        `${6000 + beside} of ${10_000 + 2 * beside} bytes are in use and this needs ${4001 + beside}`,
      );
      expect(await owner.ask("getAccount")).toMatchObject({
        usedBytes: 6000 + beside,
        quotaBytes: 10_000 + 2 * beside,
      });
      expect((await begin(owner, 4000)).status).toBe(201);
      expect([await used(owner), await used(other)]).toEqual([10_000 + 2 * beside, 0]);
      expect((await begin(other, 10_000 + beside)).status).toBe(201);
    }));

  it("lets no two announcements at once pass together, nor the last place among pending ones be taken twice", () =>
    withQuota(async (stack) => {
      const owner = await anOwner(stack);
      const statuses = async (length: number) => {
        const both = await Promise.all(Array.from({ length: 4 }, () => begin(owner, length)));
        return both.map((answer) => `${answer.status} ${codeOf(answer)}`).sort();
      };
      expect(await statuses(5001 + 11_999 * beside)).toEqual(["201 ", ...Array<string>(3).fill("403 quota-exceeded")]);
      const admin = stack.database.pool("superuser");
      await admin.query(
        "insert into document select $1, gen_random_uuid(), gen_random_uuid(), 'pending', 'h', 0, 1, 1, null, 0, 0 from generate_series(1, $2)",
        [pgId(owner.account), maxPendingVersions - 2],
      );
      await admin.end();
      expect(await statuses(200)).toEqual(["201 ", ...Array<string>(3).fill("409 too-many-pending")]);
    }, 24_000));

  it("is free again as soon as an upload is discarded or swept, and not when a document is merely removed", () =>
    withQuota(async (stack) => {
      const owner = await anOwner(stack);
      const [kept, discarded] = [await anUploadedDocument(owner, 3000), await anUploadedDocument(owner, 6000)];
      await commit(owner, vault(1), [kept]);
      expect((await begin(owner, 6000)).status).toBe(403);
      await owner.ask("discardDocument", { params: { doc: discarded.doc, ver: discarded.ver } });
      expect((await begin(owner, 6000)).status).toBe(201);
      stack.clock.advance(7 * dayMs + 1);
      await tidyUp(stack.api.services);
      await owner.signIn();
      expect(await used(owner)).toBe(3000 + beside);
      await commit(owner, vault(2), []);
      expect(await used(owner)).toBe(3000 + beside);
      stack.clock.advance(30 * dayMs + 1);
      await removeRetired(stack.api.services);
      await owner.signIn();
      expect(await used(owner)).toBe(0);
    }));
});

describe("a disk that is nearly full", () => {
  it("takes neither announcement nor part, before a byte, and says whose business it is", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const document = aSealedDocument();
      await owner.ask("beginDocument", { body: document.announced });
      Object.assign(stack.api.services.limits, { keepFree: { bytes: 1e18, share: 1 } });
      for (const answer of [
        await begin(owner, 200),
        await putPart(owner, { ...document, part: 0, bytes: document.object }),
      ])
        expect([answer.status, codeOf(answer)]).toEqual([503, "storage-full"]);
      Object.assign(stack.api.services.limits, { keepFree: { bytes: 1, share: 1 } });
      expect((await putPart(owner, { ...document, part: 0, bytes: document.object })).status).toBe(200);
    }));
});
