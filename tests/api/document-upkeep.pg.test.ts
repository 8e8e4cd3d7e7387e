import { existsSync } from "node:fs";
import { mkdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { removeRetired, sweepOrphans, tidyUp } from "@afterkeep/api";
import { partLength } from "@afterkeep/contracts";
import { pgId } from "@afterkeep/platform";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { anUploadedDocument, aSealedDocument, commit, partsOf, putPart, vault } from "../stack/a-document.ts";
import { dayMs, objectPath, type Stack, withStack } from "../stack/a-stack.ts";
import { anOwner, freshId, type Owner, sealedText } from "../stack/an-owner.ts";

const noted = z.object({ action: z.string(), actor: z.string(), resource: z.string() });
type Place = { doc: string; ver: string };
const isStored = (owner: Owner, { doc, ver }: Place) => existsSync(objectPath(owner.stack, owner.account, doc, ver));
const pass = async (stack: Stack, ms: number) => {
  stack.clock.advance(ms);
  await tidyUp(stack.api.services);
  await removeRetired(stack.api.services);
};

async function removalsNoted(stack: Stack): Promise<unknown[]> {
  const admin = stack.database.pool("superuser");
  const { rows } = await admin.query<{ leaf: Buffer }>("select leaf from audit_leaf order by id");
  await admin.end();
  const leaves = rows.map(({ leaf }) => noted.parse(JSON.parse(leaf.toString("utf8"))));
  return leaves.filter(({ action }) => action === "document.removed");
}

describe("an upload that nobody goes on with", () => {
  it("is gone 7 days of real time after its last part, however fast a demo's goes, and a committed one stays", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const [kept, left] = [await anUploadedDocument(owner), aSealedDocument(2 * partLength)];
      const [first = left.object, second = left.object] = partsOf(left.object);
      await commit(owner, vault(1), [kept]);
      await owner.ask("beginDocument", { body: left.announced });
      stack.passProduct(400 * dayMs);
      await putPart(owner, { ...left, part: 0, bytes: first });
      await pass(stack, 7 * dayMs);
      expect(isStored(owner, left)).toBe(true);
      await owner.signIn();
      await putPart(owner, { ...left, part: 1, bytes: second });
      await pass(stack, 7 * dayMs);
      expect([isStored(owner, left), isStored(owner, kept)]).toEqual([true, true]);
      await pass(stack, 1);
      expect([isStored(owner, left), isStored(owner, kept)]).toEqual([false, true]);
      await owner.signIn();
      await expect(owner.ask("listParts", { params: { doc: left.doc, ver: left.ver } })).rejects.toThrow("404");
    }));
});

describe("a version that the vault names no more", () => {
  it("is kept for 30 days in which it can be named again, and then goes with its bytes", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const [one, two, back] = [
        await anUploadedDocument(owner),
        await anUploadedDocument(owner),
        await anUploadedDocument(owner),
      ];
      await commit(owner, vault(1), [one, two, back]);
      await commit(owner, vault(2), [two]);
      await pass(stack, 30 * dayMs);
      await owner.signIn();
      expect([one, two, back].map((each) => isStored(owner, each))).toEqual([true, true, true]);
      await commit(owner, vault(3), [two, back]);
      await pass(stack, 1);
      expect([one, two, back].map((each) => isStored(owner, each))).toEqual([false, true, true]);
      await pass(stack, 400 * dayMs);
      await owner.signIn();
      expect((await owner.ask("listDocuments")).documents).toHaveLength(2);
      expect(await removalsNoted(stack)).toEqual([
        { action: "document.removed", actor: "system", resource: `document:${one.doc}` },
      ]);
      expect([two, back].map((each) => isStored(owner, each))).toEqual([true, true]);
    }));

  it("is never removed while a stored manifest of any bequest names it", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const document = await anUploadedDocument(owner);
      const next = await anUploadedDocument(owner, 5000, { doc: document.doc });
      const b = freshId();
      await owner.ask("createBequest", { body: { b, label: sealedText() } });
      await commit(owner, vault(1), [document]);
      await commit(owner, { b, g: 1, mseq: 1 }, [document]);
      await commit(owner, vault(2), [next]);
      await pass(stack, 400 * dayMs);
      expect([isStored(owner, document), isStored(owner, next)]).toEqual([true, true]);
      const admin = stack.database.pool("superuser");
      await admin.query("delete from manifest where b = $1", [pgId(b)]);
      await admin.end();
      await pass(stack, 1);
      expect([isStored(owner, document), isStored(owner, next)]).toEqual([false, true]);
    }));
});

describe("parts without rows", () => {
  it("go when they are a month old, with rows or younger they stay, and so does what is not ours", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const kept = await anUploadedDocument(owner);
      const root = stack.zone.objectsDir ?? "";
      const age = (path: string, ms: number) =>
        utimes(path, (stack.clock.nowMs() - ms) / 1000, (stack.clock.nowMs() - ms) / 1000);
      const places: [string, number][] = [
        [objectPath(stack, owner.account, freshId(), freshId()), 30 * dayMs + 1000],
        [objectPath(stack, freshId(), freshId(), freshId()), 30 * dayMs + 1000],
        [objectPath(stack, owner.account, freshId(), freshId()), 30 * dayMs - 60_000],
        [join(root, "lost+found", "a", "b"), 99 * dayMs],
      ];
      for (const [path, ms] of places) {
        await mkdir(path, { recursive: true });
        await writeFile(join(path, "00000"), "x");
        await age(path, ms);
      }
      await age(objectPath(stack, owner.account, kept.doc, kept.ver), 99 * dayMs);
      await sweepOrphans(stack.api.services);
      expect(places.map(([path]) => existsSync(path))).toEqual([false, false, true, true]);
      expect(isStored(owner, kept)).toBe(true);
    }));
});
