import { randomBytes } from "@afterkeep/bytes";
import { type Afterkeep, createAfterkeep, type DocumentInfo, memoryJournal, readAll } from "@afterkeep/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { armBequest, type Household, itemOf, openHousehold, planBequest } from "./a-household.ts";

let household: Household;
let doc: DocumentInfo["doc"];
let b: string;
const second = randomBytes(1000);

beforeAll(async () => {
  household = await openHousehold();
  b = await armBequest(household);
  const [will] = (await owner().listDocuments()).filter(({ name }) => name === "will.pdf");
  if (will === undefined) throw new Error("the will is missing");
  doc = will.doc;
});
afterAll(() => household.close());

const owner = () => household.owner.afterkeep;

/** The owner's device in another window, where `meanwhile` happens right after the first answer to `method` at a path with `part` in it. */
function windowWith(method: string, part: string, meanwhile: () => Promise<unknown>): Afterkeep {
  let isDone = false;
  return createAfterkeep({
    serverUrl: "http://afterkeep.test",
    channel: "bearer",
    store: household.owner.store,
    journal: memoryJournal(),
    wait: () => Promise.resolve(),
    fetch: async (input, init) => {
      const answer = await household.server.fetch(input, init);
      const url = input instanceof Request ? input.url : String(input);
      if (!isDone && init?.method === method && url.includes(part)) {
        isDone = true;
        await meanwhile();
      }
      return answer;
    },
  });
}

const seal = (name: string, content: Uint8Array, document?: DocumentInfo["doc"]) =>
  owner().seal([{ ...itemOf(name, content), document }]);

describe("a bequest that is changed while another window seals a new version of what it leaves", () => {
  it("is not armed with the version before", async () => {
    const [fresh] = await seal("fresh.pdf", new Uint8Array(5));
    if (fresh === undefined) throw new Error("nothing was sealed");
    const planned = await planBequest({ ...household, documents: [fresh] });
    const slow = windowWith("POST", "/manifests", () => seal("fresh.pdf", new Uint8Array(6), fresh.doc));
    await expect(slow.arm(planned.b)).rejects.toMatchObject({ code: "conflict" });
    await slow.arm(planned.b);
    const [current] = await owner().listVersions(fresh.doc);
    const named = household.server.sent("commitManifest").findLast((one) => one.b === planned.b)?.entries;
    expect(named?.map(({ ver }) => ver)).toEqual([current?.ver]);
  });

  it("leaves the new one with the new words, and every recipient can open it", async () => {
    const slow = windowWith("PUT", "/labels/", () => seal("will.pdf", second, doc));
    const { draft } = await slow.getBequest(b);
    await slow.updateBequest(b, { ...draft, message: "Other words." });
    await household.stack.silence(55 * 86_400_000);
    const release = await household.recipient.afterkeep.openRelease(b);
    expect([release.message, release.missing]).toEqual(["Other words.", []]);
    expect(Buffer.compare(await readAll((await release.download(doc)).stream), second)).toBe(0);
  });
});
