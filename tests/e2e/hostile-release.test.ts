import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeBase64url, type Id } from "@afterkeep/bytes";
import type { RouteName } from "@afterkeep/contracts";
import { thumb } from "@afterkeep/crypto";
import { type Afterkeep, dayMs, hourMs, readAll, type SwitchTimes } from "@afterkeep/sdk";
import { zeroId } from "@afterkeep/statements";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { awaitMail } from "../../scripts/stage/await-mail.ts";
import { startProduct } from "../../scripts/stage/product.ts";
import {
  aFile,
  aNote,
  anOwner,
  armed,
  aVerified,
  type Owner,
  type Recipient,
  type Resident,
  tokenOf,
} from "./attack/a-household.ts";
import { aHostileApi, answersOf, type HostileApi, lying, type Plan, type Tamper } from "./attack/a-hostile-api.ts";
import { contentOf, forgeries, liar, saying, toldBy } from "./attack/lies.ts";

/** Two seconds are a day: due after the seven days that a first arming always waits, and a little. */
const factor = 43_200;
const soon: SwitchTimes = { interval: 6 * dayMs, reminders: [3 * dayMs], grace: dayMs, lastCall: 12 * hourMs };

const closing: (() => Promise<unknown>)[] = [];
let api: HostileApi;
let clara: Owner;
let mallory: Owner;
let ada: Recipient;
let ben: Recipient;
let documents: Id[];
let forAda: Id;
let forBen: Id;
const will = randomBytes(1_300_000);

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), "ak-liar-"));
  closing.push(() => rm(folder, { recursive: true, force: true }));
  const product = await startProduct({ data: join(folder, "data"), mode: "demo", factor });
  closing.push(product.stop);
  api = await aHostileApi(product.url);
  closing.push(api.close);
  const place = { product, serverUrl: api.url, folder };
  [clara, mallory] = [await anOwner(place, "Clara"), await anOwner(place, "Mallory")];
  await mallory.device().checkIn();
  documents = [
    (await clara.device().seal([aFile("will.pdf", will)]))[0],
    (await clara.device().seal([aNote("keys", "The blue one.\n")]))[0],
  ].flatMap((info) => info?.doc ?? []);
  [ada, ben] = [await aVerified(place, clara, "Ada"), await aVerified(place, clara, "Ben")];
  forAda = await armed(clara, { to: ada, documents, message: "Ada, an earlier version.\n", times: soon });
  forBen = await armed(clara, { to: ben, documents: documents.slice(1), message: "For Ben.\n", times: soon });
  const { draft } = await clara.device().getBequest(forAda);
  await clara.device().updateBequest(forAda, { ...draft, message: "For Ada.\n" });
  for (const who of [ada, ben])
    await who
      .device()
      .openInvitation(tokenOf((await awaitMail(product, { to: who.email, link: "open" }, 180_000)).link));
}, 900_000);
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

/** What somebody's freshly started device says while the api lies, and what it asked of the api meanwhile. */
async function saidBy(who: Resident, lies: Plan, work: (device: Afterkeep) => Promise<unknown>) {
  const { result, asked } = await api.during(lies, () => toldBy(work(who.device())));
  return { ...result, asked };
}

const answers = <T>(route: RouteName) => answersOf<T>(api, route);
const claraSays = (lies: Plan, work: (device: Afterkeep) => Promise<unknown>) => saidBy(clara, lies, work);

type Document = { doc: string; ver: string; header: string; metadata: string };

describe("the vault through a hostile api", { timeout: 300_000 }, () => {
  it("refuses an older list, and another place's", async () => {
    const lists = answers<{ b: string; mseq: number }>("getManifest");
    const oldest = lists.find(({ b }) => b === zeroId);
    const bequests = (await clara.device().listBequests())[0]?.b;
    const told = [await claraSays({ lies: { getManifest: lying(() => oldest) } }, (device) => device.listDocuments())];
    told.push(await claraSays({ lies: { getManifest: saying("b", bequests) } }, (device) => device.listDocuments()));
    told.push(
      await claraSays(
        {
          lies: {
            getManifest: lying<{ body: string }>((answer) => ({ ...answer, body: `${answer.body.slice(0, -4)}AAAA` })),
          },
        },
        (device) => device.listDocuments(),
      ),
    );
    expect([oldest?.mseq, told.map(({ code }) => code)]).toEqual([
      1,
      ["manifest-older", "manifest-older", "manifest-older"],
    ]);
    const { result } = await api.during({ lies: { getManifest: lying(() => oldest) } }, () =>
      clara.attempt("document", "list"),
    );
    expect(result.exitCode).toBe(3);
  });

  it("refuses rows that were swapped, exchanged in part, or left out", async () => {
    const lies: Record<string, (one: Document, two: Document) => Document[]> = {
      "headers swapped": (one, two) => [
        { ...one, header: two.header },
        { ...two, header: one.header },
      ],
      "metadata swapped": (one, two) => [
        { ...one, metadata: two.metadata },
        { ...two, metadata: one.metadata },
      ],
      "names swapped": (one, two) => [
        { ...two, doc: one.doc, ver: one.ver },
        { ...one, doc: two.doc, ver: two.ver },
      ],
      "one left out": (one) => [one],
      "none at all": () => [],
    };
    for (const [name, lie] of Object.entries(lies)) {
      const listDocuments = lying<{ documents: [Document, Document] }>((answer) => ({
        ...answer,
        documents: lie(...answer.documents),
      }));
      const { code } = await claraSays({ lies: { listDocuments } }, (device) => device.listDocuments());
      expect([name, code]).toEqual([name, "document-forged"]);
    }
  });

  it("writes no file from an object that is another's, cut short or altered in a single bit", async () => {
    const [big = "", small = ""] = documents;
    await readAll((await clara.device().openDocument(small)).stream);
    const others = api.seen.findLast(({ route }) => route === "getObject")?.answer ?? Buffer.alloc(0);
    const lies = {
      "another's": () => ({ answer: others }),
      empty: () => ({ answer: "" }),
      "cut short": ({ answer }: { answer: Buffer }) => ({ answer: answer.subarray(0, answer.length >> 1) }),
      "one bit": ({ answer }: { answer: Buffer }) => ({
        answer: Buffer.concat([Buffer.of((answer[0] ?? 0) ^ 1), answer.subarray(1)]),
      }),
      "its last byte": ({ answer }: { answer: Buffer }) => ({ answer: answer.subarray(0, -1) }),
    };
    for (const [name, getObject] of Object.entries(lies)) {
      const { code } = await claraSays({ lies: { getObject } }, async (device) =>
        readAll((await device.openDocument(big)).stream),
      );
      expect([name, code]).toEqual([name, "document-forged"]);
    }
    const { result } = await api.during({ lies: { getObject: lies["one bit"] } }, () =>
      clara.attempt("document", "open", big, "--out", "stolen.pdf"),
    );
    expect([result.exitCode, existsSync(join(clara.folder, "stolen.pdf"))]).toEqual([3, false]);
    await clara.run("document", "open", big, "--out", "mine.pdf");
    expect((await readFile(join(clara.folder, "mine.pdf"))).equals(will)).toBe(true);
  });
});

type Grant = { grant: string; release: string; outer: string; path: string };
type Proof = { decisionId: string; challenge: string };
type Bundle = {
  chain: string[];
  manifests: { mseq: number; body: string; statement: string }[];
  documents: Document[];
};
type Lies = Readonly<Record<string, Partial<Record<RouteName, Tamper>>>>;

/** Opens a release to the last byte of every document. */
async function openAll(device: Afterkeep, b: Id): Promise<{ older: boolean; message: string; sizes: number[] }> {
  const opened = await device.openRelease(b);
  const sizes: number[] = [];
  for (const { doc } of opened.documents) sizes.push((await readAll((await opened.download(doc)).stream)).length);
  return { older: opened.older, message: opened.message, sizes };
}

/** Whether everything was opened, and whether what was opened is the owner's and what is not is said. */
async function openOrRefuse(device: Afterkeep, b: Id): Promise<{ isComplete: boolean; isTrue: boolean }> {
  const told = await toldBy(openAll(device, b));
  if (told.kind !== "believed") return { isComplete: false, isTrue: told.code === "document-forged" };
  const opened = await device.openRelease(b);
  const missing = "missing" in opened && Array.isArray(opened.missing) ? opened.missing.length : 0;
  const { sizes } = await openAll(device, b);
  const isTrue =
    sizes.every((size) => size === 14 || size === will.length) && sizes.length + missing === documents.length;
  return { isComplete: missing === 0, isTrue };
}

/** Each lie is refused with its code, by the device and, for the first, by the command line, which leaves no file behind. */
async function expectRefused(code: string, lies: Lies): Promise<void> {
  for (const [name, lie] of Object.entries(lies)) {
    const told = await saidBy(ada, { lies: lie }, (device) => openAll(device, forAda));
    expect([name, told.kind, told.code]).toEqual([name, "RefusedError", code]);
  }
  const [first = {}] = Object.values(lies);
  const { result } = await api.during({ lies: first }, () => ada.attempt("release", "open", forAda, "--out", "stolen"));
  expect([result.exitCode, result.json["error"]]).toMatchObject([3, { code }]);
  expect(["will.pdf", "keys", "message.txt"].filter((name) => existsSync(join(ada.folder, "stolen", name)))).toEqual(
    [],
  );
}

describe("a release through a hostile api", { timeout: 300_000 }, () => {
  it("opens for each when the api happens to be honest, with the newest list and not as an older one", async () => {
    expect(await openAll(ben.device(), forBen)).toEqual({ older: false, message: "For Ben.\n", sizes: [14] });
    const opened = await openAll(ada.device(), forAda);
    expect(opened).toEqual({ older: false, message: "For Ada.\n", sizes: expect.arrayContaining([14, will.length]) });
  });

  it("is refused with another recipient's grant, door or decision, or the api's own", async () => {
    const [bens] = answers<Grant>("grant");
    const adas = answers<Grant>("grant").at(-1);
    const { release = "", path = "", outer = "" } = adas ?? {};
    const decision = contentOf(release);
    await expectRefused("release-mismatch", {
      "another's grant and door": { grant: lying(() => bens) },
      "another's grant": { grant: saying("grant", bens?.grant) },
      "another's outer part": { grant: saying("outer", bens?.outer) },
      "another's path": { grant: saying("path", bens?.path) },
      "another's grant behind the true decision": {
        grant: lying<Grant>(({ release: own }) => ({ ...bens, release: own })),
      },
      "another's decision": { grant: saying("release", bens?.release) },
      "outer and path exchanged": { grant: lying<Grant>((answer) => ({ ...answer, outer: path, path: outer })) },
      "a decision by the api": { grant: saying("release", forgeries["signed by the api"](release, decision)) },
      "an earlier decision": {
        grant: saying("release", forgeries["under the old signature"](release, { ...decision, decidedAt: 1 })),
      },
      "another policy's": {
        grant: saying(
          "release",
          forgeries["signed by the api in the keyholder's name"](release, { ...decision, g: 2 }),
        ),
      },
    });
  });

  it("proves no key to anybody but the keyholder, for this bequest and decision", async () => {
    const [bens] = answers<Proof>("prove");
    const lies: Lies = {
      "another's challenge": { prove: saying("challenge", bens?.challenge) },
      "another's decision": { prove: saying("decisionId", bens?.decisionId) },
      "another's altogether": { prove: lying(() => bens) },
      "an unreadable one": { prove: saying("challenge", Buffer.from("age-encryption.org/v1\n").toString("base64url")) },
    };
    for (const [name, lie] of Object.entries(lies)) {
      const told = await saidBy(ada, { lies: lie }, (device) => openAll(device, forAda));
      expect([name, told.code, told.asked.includes("grant")]).toEqual([name, "release-mismatch", false]);
    }
  });

  it("is refused under a keyholder that the recipient does not know", async () => {
    const own = { publicKey: encodeBase64url(liar.publicKey), thumb: thumb(liar.publicKey) };
    const getServer = lying<{ keyholder: object }>((server) => ({
      ...server,
      keyholder: { ...server.keyholder, ...own },
    }));
    const grant = lying<Grant>((answer) => ({
      ...answer,
      release: forgeries["signed by the api"](answer.release, contentOf(answer.release)),
    }));
    await expectRefused("keyholder-changed", { "the api's own": { getServer, grant } });
  });

  it("is refused over an owner's statements that are another's, cut or lengthened", async () => {
    const chain = answers<Bundle>("getBundle").at(-1)?.chain ?? [];
    const malloryChain =
      answers<{ statements: string[] }>("listStatements").findLast(
        ({ statements }) => contentOf(statements[0] ?? "")["account"] === mallory.account,
      )?.statements ?? [];
    const lie = (other: readonly string[]) => saying("chain", other);
    const last = chain.at(-1) ?? "";
    const more = forgeries["signed by the api"](last, { ...contentOf(last), seq: chain.length });
    for (const [name, other] of Object.entries({
      cut: chain.slice(0, -2),
      "without one": chain.toSpliced(2, 1),
      longer: [...chain, more],
      "another's": malloryChain,
    })) {
      for (const route of ["getRecipientView", "getBundle"] as const) {
        const told = await saidBy(ada, { lies: { [route]: lie(other) } }, (device) => openAll(device, forAda));
        expect([name, route, told.kind, ["chain-invalid", "owner-key-changed"]]).toEqual([
          name,
          route,
          "RefusedError",
          expect.arrayContaining([told.code]),
        ]);
      }
    }
    const cut = { lies: { getRecipientView: lie(chain.slice(0, -2)) } };
    const { result } = await api.during(cut, () => ada.run("release", "list"));
    expect(result["isChainOlder"]).toBe(true);
  });

  it("says so when only an older list is left, and refuses lists that the owner never signed for it", async () => {
    const onlyOlder = lying<Bundle>((bundle) => ({
      ...bundle,
      manifests: bundle.manifests.filter(({ mseq }) => mseq === 1),
    }));
    const { result } = await api.during({ lies: { getBundle: onlyOlder } }, () =>
      ada.run("release", "open", forAda, "--out", "older"),
    );
    expect(result).toMatchObject({ older: true, message: "Ada, an earlier version.\n" });
    const [bens] = answers<Bundle>("getBundle");
    await expectRefused("manifest-missing", {
      "another bequest's list": { getBundle: saying("manifests", bens?.manifests) },
      "a list that nobody signed": {
        getBundle: lying<Bundle>((bundle) => ({
          ...bundle,
          manifests: bundle.manifests.map((one) => ({ ...one, body: bens?.manifests[0]?.body })),
        })),
      },
    });
  });

  it("never passes off rows that are another's or left out: it refuses, or says which are missing", async () => {
    const rows = (change: (one: Document, two: Document) => Document[]) => ({
      getBundle: lying<Bundle>((bundle) => {
        const [one, two] = bundle.documents;
        return one === undefined || two === undefined ? bundle : { ...bundle, documents: change(one, two) };
      }),
    });
    const lies: Lies = {
      "headers swapped": rows((one, two) => [
        { ...one, header: two.header },
        { ...two, header: one.header },
      ]),
      "metadata swapped": rows((one, two) => [
        { ...one, metadata: two.metadata },
        { ...two, metadata: one.metadata },
      ]),
      "names swapped": rows((one, two) => [
        { ...two, doc: one.doc, ver: one.ver },
        { ...one, doc: two.doc, ver: two.ver },
      ]),
      "one left out": rows((one) => [one]),
    };
    for (const [name, lie] of Object.entries(lies)) {
      const { result } = await api.during({ lies: lie }, () => openOrRefuse(ada.device(), forAda));
      expect([name, result]).toEqual([name, { isComplete: false, isTrue: true }]);
    }
  });

  it("is refused with objects that are another's, altered or cut short", async () => {
    const object = (getReleasedObject: Tamper) => ({ getReleasedObject });
    const small =
      api.seen.find(({ route, answer }) => route === "getReleasedObject" && answer.length < 1_000_000)?.answer ??
      Buffer.alloc(0);
    await expectRefused("document-forged", {
      "an object cut short": object(({ answer }) => ({ answer: answer.subarray(0, answer.length >> 1) })),
      "an object altered": object(({ answer }) => ({
        answer: Buffer.concat([Buffer.of((answer[0] ?? 0) ^ 1), answer.subarray(1)]),
      })),
      "an object exchanged": object(({ answer }) => (answer.equals(small) ? { answer: "" } : { answer: small })),
    });
  });

  it("and after all that still opens, byte for byte", async () => {
    const { message } = await ada.run("release", "open", forAda, "--out", "received");
    expect(message).toBe("For Ada.\n");
    expect((await readFile(join(ada.folder, "received/will.pdf"))).equals(will)).toBe(true);
  });
});
