import { encodeBase64url } from "@afterkeep/bytes";
import type { RouteName } from "@afterkeep/contracts";
import { thumb } from "@afterkeep/crypto";
import type { Afterkeep } from "@afterkeep/sdk";
import { statementKindOf, zeroId } from "@afterkeep/statements";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rememberedBy } from "./attack/a-device.ts";
import { aNote, type Owner, type Recipient } from "./attack/a-household.ts";
import { answersOf, type HostileApi, lying, type Plan } from "./attack/a-hostile-api.ts";
import { beginLying, type Deceived } from "./attack/a-deceived-household.ts";
import * as lie from "./attack/lies.ts";
import { keyholderAs } from "./attack/the-operator.ts";

const { contentOf, everyChange, forgeries, fromThe, liar, liarsAgeKey, playingBack, saying, toldBy } = lie;
const closing: (() => Promise<unknown>)[] = [];
let { product, clara, mallory, ada, dora, plan } = {} as Deceived;
let api: HostileApi;

beforeAll(async () => void ({ product, api, clara, mallory, ada, dora, plan } = await beginLying(closing)));
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

/** What Clara's freshly started device says while the api lies, and what it asked of the api meanwhile. */
async function claraSays(lies: Plan, work: (device: Afterkeep) => Promise<unknown>) {
  const { result, asked } = await api.during(lies, () => toldBy(work(clara.device())));
  return { ...result, asked };
}

const answers = <T>(route: RouteName) => answersOf<T>(api, route);
const receipts = () => answers<{ receipt: string }>("checkIn").map(({ receipt }) => receipt);
/** As it was read last from its beginning. */
const wholeChainOf = ({ account }: Owner) =>
  answers<{ statements: string[] }>("listStatements")
    .map(({ statements }) => statements)
    .findLast(
      ([first = ""]) =>
        statementKindOf(first) === "key" && contentOf(first)["seq"] === 0 && accountOf(first) === account,
    ) ?? [];
/** An account's own answers on a route: the owner's session token tells them apart, so the statements' account does. */
const accountOf = (jws: string): unknown => contentOf(jws)["account"];
const receiptOf = (owner: Owner): string => receipts().findLast((jws) => accountOf(jws) === owner.account) ?? "";

describe("a check-in through a hostile api", { timeout: 300_000 }, () => {
  it("counts when the api happens to be honest", async () => {
    const { counted, earliestMs } = await clara.run("checkin");
    expect([counted, typeof earliestMs]).toEqual([true, "number"]);
  });

  it("did NOT count, and ends with 4, when the receipt is an older one, another's, another statement's, or made up", async () => {
    const pinReceipt = answers<{ receipt: string }>("submitStatement").at(-1)?.receipt;
    const lies = {
      older: saying("receipt", receiptOf(clara)),
      anothers: saying("receipt", receiptOf(mallory)),
      "another statement's": saying("receipt", pinReceipt),
      "made up": lying<{ receipt: string }>(({ receipt }) => ({
        receipt: forgeries["signed by the api"](receipt, contentOf(receipt)),
      })),
      "more than was agreed": saying("thanks", true),
      "no receipt": () => ({ answer: "{}" }),
      "not even JSON": () => ({ answer: "<p>Thank you, Clara!</p>" }),
    };
    for (const [name, checkIn] of Object.entries(lies)) {
      const { result } = await api.during({ lies: { checkIn } }, () => clara.attempt("checkin"));
      expect([name, result.exitCode, result.json["error"]]).toMatchObject([name, 4, { code: "not-receipted" }]);
      expect(JSON.stringify(result.json)).toContain("This check-in did NOT count");
    }
  });

  it("did NOT count, and ends with 5, when the request or the answer is lost or the api says it is broken", async () => {
    const plans: Record<string, Plan> = {
      "request lost": { lose: ["checkIn"] },
      "answer lost": { lies: { checkIn: () => "silence" } },
      broken: { lies: { checkIn: () => ({ status: 502, answer: "bad gateway" }) } },
    };
    for (const [name, lies] of Object.entries(plans)) {
      const { result } = await api.during(lies, () => clara.attempt("checkin"));
      expect([name, result.exitCode, JSON.stringify(result.json)]).toEqual([
        name,
        5,
        expect.stringContaining("This check-in did NOT count"),
      ]);
    }
  });

  it.each(Object.keys(forgeries) as lie.Forgery[])(
    "did NOT count when anything at all in the receipt differs, %s",
    async (how) => {
      const { profile } = await rememberedBy(clara);
      const changes = everyChange(contentOf(receiptOf(clara))).map(([place]) => place);
      expect(changes).toEqual(
        expect.arrayContaining([
          "counter",
          "epoch",
          "head.id",
          "nonce",
          "rows",
          "rows.0.left",
          "rows.0.earliest.silence",
          "pending.loosenings",
          "nextKey",
        ]),
      );
      for (const place of ["nothing", ...changes]) {
        const checkIn = lying<{ receipt: string }>(({ receipt }) => {
          const body = contentOf(receipt);
          return { receipt: forgeries[how](receipt, everyChange(body).find(([name]) => name === place)?.[1] ?? body) };
        });
        // With nothing changed, the old signature is the keyholder's own: that receipt is a true one.
        if (place === "nothing" && how === "under the old signature") continue;
        const { kind, message } = await claraSays({ lies: { checkIn } }, (device) => device.checkIn());
        expect([place, kind, message]).toEqual([
          place,
          "NotReceiptedError",
          expect.stringContaining("This check-in did NOT count"),
        ]);
      }
      expect((await rememberedBy(clara)).profile.seen).toEqual(profile.seen);
      expect((await clara.device().checkIn()).counted).toBe(true);
    },
  );

  it("by mail link did NOT count either, whatever is changed in the answer", async () => {
    const clock = await keyholderAs("clock", product.data);
    const lies = {
      "an older receipt": saying("receipt", receiptOf(clara)),
      "another statement": lying<{ statement: string }>((answer) => ({
        ...answer,
        statement: contentOf(receiptOf(clara))["statement"],
      })),
      "another account": saying("account", mallory.account),
      "signed by the api": lying<{ receipt: string }>((answer) => ({
        ...answer,
        receipt: forgeries["signed by the api"](answer.receipt, contentOf(answer.receipt)),
      })),
      "a later date": lying<{ receipt: string }>((answer) => ({
        ...answer,
        receipt: forgeries["under the old signature"](answer.receipt, { ...contentOf(answer.receipt), at: 1 }),
      })),
    };
    for (const [name, checkInByToken] of Object.entries(lies)) {
      const { token } = await clock.mintToken({ account: clara.account });
      const file = await clara.keep("link", `${product.url}/checkin#${token}`);
      const { result } = await api.during({ lies: { checkInByToken } }, () =>
        clara.attempt("checkin", "--link-file", file),
      );
      expect([name, result.exitCode, JSON.stringify(result.json)]).toEqual([
        name,
        4,
        expect.stringContaining("This check-in did NOT count"),
      ]);
    }
    const { token } = await clock.mintToken({ account: clara.account });
    expect((await clara.device().checkInByToken(token)).counted).toBe(true);
    await clock.close();
  });

  it("is not even sent over statements that are missing, forked, out of order or somebody else's", async () => {
    const [chain, malloryChain] = [wholeChainOf(clara), wholeChainOf(mallory)];
    const last = chain.at(-1) ?? "";
    const forked = forgeries["signed by the api"](last, contentOf(last));
    const lies = {
      "none at all": [],
      "without the genesis": chain.slice(1),
      "without one in the middle": chain.toSpliced(3, 1),
      "without the last": chain.slice(0, -1),
      "two in the wrong order": chain.toSpliced(2, 2, chain[3] ?? "", chain[2] ?? ""),
      "one twice": chain.toSpliced(3, 0, chain[3] ?? ""),
      "a last one by the api": chain.with(-1, forked),
      "one more by the api": [...chain, forked],
      "somebody else's": malloryChain,
    };
    for (const [name, statements] of Object.entries(lies)) {
      const told = await claraSays(
        { lies: { listStatements: lying(() => ({ statements, more: false, revocations: [] })) } },
        (device) => device.checkIn(),
      );
      expect([name, told.kind, told.asked.includes("checkIn")]).toEqual([name, "RefusedError", false]);
    }
    const { result } = await api.during(
      {
        lies: { listStatements: lying(() => ({ statements: lies["without the last"], more: false, revocations: [] })) },
      },
      () => clara.attempt("checkin"),
    );
    expect([result.exitCode, result.json["error"]]).toMatchObject([3, { code: "chain-invalid" }]);
  });

  it("is not even sent over an older chain with the challenge and the time of a day on which it was the newest", async () => {
    await clara.run("checkin");
    const isMine = (jws: string) => accountOf(jws) === clara.account && contentOf(jws)["purpose"] === "checkin";
    const challenges = answers<{ challenge: string }>("challenge").map(({ challenge }) => challenge);
    const old = challenges.findLast(isMine) ?? "";
    await clara.device().seal([aNote("newer", "Sealed after that challenge.")]);
    await clara.run("checkin");
    const { head, labels } = (await rememberedBy(clara)).profile;
    const told = await claraSays(playingBack(old, wholeChainOf(clara)), (device) => device.checkIn());
    expect([told.code, told.asked.includes("challenge")]).toEqual(["chain-invalid", true]);
    expect(told.asked).not.toContain("checkIn");
    expect((await rememberedBy(clara)).profile).toMatchObject({ head, labels, restored: null });
  });

  it("is not sent over a challenge that is another account's, for another purpose, or the api's own", async () => {
    await clara.run("checkin");
    const challenges = answers<{ challenge: string }>("challenge").map(({ challenge }) => challenge);
    const isMine = (jws: string) => accountOf(jws) === clara.account;
    const own = challenges.findLast((jws) => isMine(jws) && contentOf(jws)["purpose"] === "checkin") ?? "";
    const lies = {
      "another account's": challenges.findLast((jws) => !isMine(jws) && contentOf(jws)["purpose"] === "checkin"),
      "another purpose": challenges.findLast((jws) => isMine(jws) && contentOf(jws)["purpose"] === "control"),
      "the api's own": forgeries["signed by the api"](own, contentOf(own)),
      "with the api's blob key": forgeries["under the old signature"](own, { ...contentOf(own), blobKey: liarsAgeKey }),
    };
    for (const [name, challenge] of Object.entries(lies)) {
      const told = await claraSays({ lies: { challenge: saying("challenge", challenge) } }, (device) =>
        device.checkIn(),
      );
      expect([name, told.kind, told.code, told.asked.includes("checkIn")]).toEqual([
        name,
        "RefusedError",
        "keyholder-changed",
        false,
      ]);
    }
    // A used one is genuine; the keyholder itself refuses it, and the client says what that means.
    const used = await claraSays({ lies: { challenge: saying("challenge", own) } }, (device) => device.checkIn());
    expect([used.kind, used.message]).toEqual(["ProblemError", expect.stringContaining("This check-in did NOT count")]);
  });

  it("is not sent to a keyholder that this device does not know", async () => {
    const own = { publicKey: encodeBase64url(liar.publicKey), thumb: thumb(liar.publicKey) };
    const getServer = lying<{ keyholder: object }>((server) => ({
      ...server,
      keyholder: { ...server.keyholder, ...own },
    }));
    const checkIn = lying<{ receipt: string }>(({ receipt }) => ({
      receipt: forgeries["signed by the api"](receipt, contentOf(receipt)),
    }));
    const { result, asked } = await api.during({ lies: { getServer, checkIn } }, () => clara.attempt("checkin"));
    expect([result.exitCode, result.json["error"], asked]).toMatchObject([
      3,
      { code: "keyholder-changed" },
      ["getServer"],
    ]);
    for (const change of [{ nextKey: own.thumb }, { mode: "demo" }, { publicKey: own.publicKey }]) {
      const wrong = lying<{ keyholder: object }>((server) => ({
        ...server,
        keyholder: { ...server.keyholder, ...change },
      }));
      const told = await claraSays({ lies: { getServer: wrong } }, (device) => device.checkIn());
      expect([told.code, told.asked]).toEqual(["keyholder-changed", ["getServer"]]);
    }
  });
});

type Rows = { recipients: { r: string; ageKey: string }[] };
const swapped = (who: Recipient) =>
  lying<Rows>(({ recipients }) => ({
    recipients: recipients.map((row) => (row.r === who.r ? { ...row, ageKey: liarsAgeKey } : row)),
  }));

describe("a recipient's key through a hostile api", { timeout: 300_000 }, () => {
  it("that was swapped before the words were compared has other words, and is not pinned", async () => {
    const listRecipients = swapped(dora);
    const { result } = await api.during({ lies: { listRecipients } }, async () => ({
      shown: (await clara.run("recipient", "words", dora.r))["words"],
      verify: await clara.attempt("recipient", "verify", dora.r, "--words", dora.words.join(" ")),
    }));
    expect(result.shown).not.toEqual(dora.words);
    expect([result.verify.exitCode, result.verify.json["error"]]).toMatchObject([3, { code: "words-differ" }]);
    // Swapped after the words were shown and before the signature.
    const late = await api.during({ lies: { listRecipients: fromThe(2, swapped(dora)) } }, () =>
      clara.attempt("recipient", "verify", dora.r, "--words", dora.words.join(" ")),
    );
    expect([late.result.json["error"], late.asked.includes("submitStatement")]).toMatchObject([
      { code: "recipient-key-changed" },
      false,
    ]);
    expect((await clara.device().listRecipients()).find(({ r }) => r === dora.r)?.pin).toBeNull();
    await clara.run("recipient", "verify", dora.r, "--words", dora.words.join(" "));
  });

  it("that was swapped after the pin is refused wherever it would be used, and nothing is deposited", async () => {
    for (const work of [
      (device: Afterkeep) => device.safetyWordsOf(ada.r),
      (device: Afterkeep) => device.previewArming(plan),
      (device: Afterkeep) => device.arm(plan),
    ]) {
      const told = await claraSays({ lies: { listRecipients: swapped(ada) } }, work);
      expect([told.code, told.asked.filter((route) => route === "depositKey" || route === "deposit")]).toEqual([
        "recipient-key-changed",
        [],
      ]);
    }
    // Shown honestly in the preview, swapped when it is armed.
    const late = await api.during({ lies: { listRecipients: fromThe(2, swapped(ada)) } }, () =>
      clara.attempt("bequest", "arm", plan, "--yes"),
    );
    expect([late.result.exitCode, late.result.json["error"], late.asked.includes("depositKey")]).toMatchObject([
      3,
      { code: "recipient-key-changed" },
      false,
    ]);
  });

  it("is shown for arming in words that are computed from what the owner signed", async () => {
    const { recipients } = await clara.device().previewArming(plan);
    expect(recipients.map(({ r, words }) => [r, words])).toEqual([[ada.r, ada.words]]);
  });
});

type DepositKey = { depositKey: string };
type Imported = { imported: string };

describe("arming through a hostile api", { timeout: 300_000 }, () => {
  it("never seals a share to a key that the keyholder did not sign for exactly this place", async () => {
    const known = answers<DepositKey>("depositKey").map(({ depositKey }) => depositKey);
    const own = (change: object, how: lie.Forgery) =>
      lying<DepositKey>(({ depositKey }) => ({
        depositKey: forgeries[how](depositKey, { ...contentOf(depositKey), ...change }),
      }));
    const lies = {
      "the api's own": own({ recipient: liarsAgeKey }, "signed by the api"),
      "the api's own in the keyholder's name": own(
        { recipient: liarsAgeKey },
        "signed by the api in the keyholder's name",
      ),
      "the api's own under a true signature": own({ recipient: liarsAgeKey }, "under the old signature"),
      "another bequest's": saying(
        "depositKey",
        known.find((jws) => contentOf(jws)["b"] !== zeroId),
      ),
      "a contact's": saying(
        "depositKey",
        known.find((jws) => contentOf(jws)["b"] === zeroId),
      ),
    };
    for (const [name, depositKey] of Object.entries(lies)) {
      const told = await claraSays({ lies: { depositKey } }, (device) => device.arm(plan));
      expect([name, told.code, told.asked.includes("deposit")]).toEqual([name, "keyholder-changed", false]);
    }
    const { result, asked } = await api.during({ lies: { depositKey: lies["the api's own"] } }, () =>
      clara.attempt("bequest", "arm", plan, "--yes"),
    );
    expect([result.exitCode, asked.includes("deposit")]).toEqual([3, false]);
  });

  it("never seals the owner's address to another key", async () => {
    const forContact = lying<DepositKey>(({ depositKey }) => {
      const body = contentOf(depositKey);
      if (body["b"] !== zeroId) return { depositKey };
      return { depositKey: forgeries["signed by the api"](depositKey, { ...body, recipient: liarsAgeKey }) };
    });
    const told = await claraSays({ lies: { depositKey: forContact } }, (device) => device.arm(plan));
    expect([told.code, told.asked.includes("deposit"), told.asked.includes("depositContact")]).toEqual([
      "keyholder-changed",
      true,
      false,
    ]);
  });

  it("signs no policy before the keyholder has signed that it holds exactly what was sealed", async () => {
    const earlier = answers<Imported>("deposit").at(0)?.imported;
    const changed = (field: string) =>
      lying<Imported>(({ imported }) => ({
        imported: forgeries["signed by the api"](imported, {
          ...contentOf(imported),
          [field]: contentOf(earlier ?? imported)[field] ?? "",
        }),
      }));
    const lies: Record<string, Plan> = {
      "the api's own": { lies: { deposit: changed("account") } },
      "of another share": { lies: { deposit: changed("shareCommit") } },
      "an earlier one": { lies: { deposit: saying("imported", earlier) } },
      "another contact": { lies: { depositContact: saying("contact", "A".repeat(43)) } },
      "lost on the way": { lose: ["deposit"] },
    };
    for (const [name, wrong] of Object.entries(lies)) {
      const told = await claraSays(wrong, (device) => device.arm(plan));
      const kind = name === "lost on the way" ? "UnavailableError" : "RefusedError";
      expect([name, told.kind, told.asked.includes("submitStatement")]).toEqual([name, kind, false]);
    }
    expect((await clara.device().getBequest(plan)).state).toBe("draft");
  });

  it("is not believed without the policy's own receipt, and ends with 4", async () => {
    const submitStatement = saying("receipt", receiptOf(clara));
    const { result } = await api.during({ lies: { submitStatement } }, () =>
      clara.attempt("bequest", "arm", plan, "--yes"),
    );
    expect([result.exitCode, JSON.stringify(result.json)]).toEqual([4, expect.stringContaining("take it as not done")]);
    const armedNow = await clara.run("bequest", "arm", plan, "--yes");
    expect(armedNow).toMatchObject({ counted: true, words: { [ada.r]: ada.words } });
  });
});
