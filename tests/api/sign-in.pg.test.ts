import { problem } from "@afterkeep/contracts";
import { describe, expect, it } from "vitest";
import { anArmedBequest, aRecipient } from "../stack/a-bequest.ts";
import { type Answer, type Stack, withStack } from "../stack/a-stack.ts";
import { anOwner, askRoute, Owner, ownPage, randomHash } from "../stack/an-owner.ts";

const codeOf = ({ body }: Answer): string => problem.safeParse(body).data?.code ?? "";
const cookieOf = ({ headers }: Answer): string => String(headers["set-cookie"]);
const tokenIn = (cookie: string): string => /__Host-ak=([^;]*)/.exec(cookie)?.[1] ?? "";
const account = (stack: Stack, headers: Record<string, string>) =>
  stack.ask({ method: "GET", url: "/v1/account", headers });

describe("signing up", () => {
  it("makes an account, proves its address and signs in again, in any spelling of the address", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack, "Ada@Example.test");
      expect(await owner.ask("getAccount")).toMatchObject({
        account: owner.account,
        email: "Ada@example.test",
        emailVerified: true,
        displayName: "Ada Owner",
      });
      const again = await owner.trySignIn({ email: "ada@example.TEST" });
      expect([again.status, again.body]).toMatchObject([200, { account: owner.account }]);
    }));

  it("waits for a right code, and lets the person try again", () =>
    withStack(async (stack) => {
      const owner = new Owner(stack, "ada@example.test");
      const { body } = await owner.prepareSignUp();
      const wrong = await stack.ask({
        method: "POST",
        url: "/v1/accounts/finish",
        body: { ...body, totpCode: body.totpCode === "000000" ? "000001" : "000000" },
      });
      expect([wrong.status, codeOf(wrong)]).toEqual([400, "code-wrong"]);
      expect((await stack.ask({ method: "POST", url: "/v1/accounts/finish", body })).status).toBe(201);
      const twice = await stack.ask({ method: "POST", url: "/v1/accounts/finish", body });
      expect([twice.status, codeOf(twice)]).toEqual([401, "ticket-unknown"]);
    }));

  it("is healed by the same call when the database failed after the keyholder accepted", () =>
    withStack(async (stack) => {
      const owner = new Owner(stack, "ada@example.test");
      const { body } = await owner.prepareSignUp();
      const admin = stack.database.pool("superuser");
      await admin.query("revoke insert on outbox from ak_api");
      const before = await stack.rowCounts();
      const failed = await stack.ask({ method: "POST", url: "/v1/accounts/finish", body });
      expect([failed.status, codeOf(failed)]).toEqual([500, "internal"]);
      expect(await stack.rowCounts()).toEqual(before);
      await admin.query("grant insert on outbox to ak_api");
      await admin.end();
      expect((await stack.ask({ method: "POST", url: "/v1/accounts/finish", body })).status).toBe(201);
    }));

  it("refuses an address that has an account, and a genesis of another account", () =>
    withStack(async (stack) => {
      await anOwner(stack, "ada@example.test");
      const second = new Owner(stack, "ADA@example.test");
      const taken = await stack.ask({
        method: "POST",
        url: "/v1/accounts/finish",
        body: (await second.prepareSignUp()).body,
      });
      expect([taken.status, codeOf(taken)]).toEqual([409, "email-taken"]);
      const [one, two] = [new Owner(stack, "one@example.test"), new Owner(stack, "two@example.test")];
      const { genesis } = (await two.prepareSignUp()).body;
      const { body } = await one.prepareSignUp();
      const foreign = await stack.ask({ method: "POST", url: "/v1/accounts/finish", body: { ...body, genesis } });
      expect([foreign.status, codeOf(foreign)]).toEqual([400, "genesis-mismatch"]);
    }));

  it("keeps address, name, seed and tokens out of the database in any readable form", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack, "distinctive-ada@example.test");
      await owner.beginSignIn();
      const admin = stack.database.pool("superuser");
      const { rows } = await admin.query<{ name: string }>(
        "select tablename as name from pg_tables where schemaname = 'public'",
      );
      const all: string[] = [];
      for (const { name } of rows) {
        // bytea prints as hex, so each secret is looked for as text and as hex.
        const found = await admin.query<{ t: string | null }>(`select string_agg(t::text, ' ') as t from "${name}" t`);
        all.push(found.rows[0]?.t ?? "");
      }
      await admin.end();
      const text = all.join(" ");
      const control = Buffer.from((await owner.ask("getAccount")).keyring.wrapped, "base64url").toString("hex");
      expect(text).toContain(control);
      for (const secret of ["distinctive-ada", "Ada Owner", owner.totpSecret, owner.token, owner.passphrase]) {
        expect(text).not.toContain(secret);
        expect(text).not.toContain(Buffer.from(secret).toString("hex"));
      }
      expect(text).not.toContain(Buffer.from(owner.token, "base64url").toString("hex"));
    }));
});

describe("signing in", () => {
  it("gives one answer to a wrong address, a wrong passphrase and a wrong code", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const answers = [
        await owner.trySignIn({ email: "nobody@example.test" }),
        await owner.trySignIn({ passphrase: "another passphrase" }),
        await owner.trySignIn({ code: "000000" }),
      ];
      const told = answers.map(({ body }) => ({ ...problem.parse(body), requestId: "" }));
      expect(told[0]).toMatchObject({ status: 401, code: "sign-in-refused" });
      expect(told[1]).toEqual(told[0]);
      expect(told[2]).toEqual(told[0]);
    }));

  it("answers an unknown address like a known one", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const { startLoginRequest } = (await import("@serenity-kit/opaque")).client.startLogin({ password: "x" });
      const [known, unknown] = [owner.email, "nobody@example.test"].map((email) =>
        askRoute(stack, "beginSession", { body: { email, startLoginRequest } }),
      );
      const [a, b] = [await known, await unknown];
      expect(Object.entries(b ?? {}).map(([key, value]) => [key, value.length])).toEqual(
        Object.entries(a ?? {}).map(([key, value]) => [key, value.length]),
      );
    }));

  it("takes a code once", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const code = owner.code();
      expect((await owner.trySignIn({ code })).status).toBe(200);
      expect((await owner.trySignIn({ code })).status).toBe(401);
    }));

  it("makes an account wait after wrong codes, longer each time, and then lets the owner in", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      for (let i = 0; i < 5; i++) expect((await owner.trySignIn({ code: "000000" })).status).toBe(401);
      const now = stack.clock.nowMs();
      const waiting = await owner.trySignIn({ code: "000000" });
      expect([waiting.status, codeOf(waiting), Number(waiting.headers["retry-after"])]).toEqual([
        429,
        "sign-in-paused",
        30,
      ]);
      expect(stack.clock.nowMs()).toBe(now);
      expect((await owner.trySignIn()).status).toBe(200);
    }));

  it("takes a ticket once and only for ten minutes", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const begun = { ...(await owner.beginSignIn()), channel: "bearer" };
      const finish = (body: object) => stack.ask({ method: "POST", url: "/v1/sessions/finish", body });
      expect((await finish({ ...begun, totpCode: owner.code() })).status).toBe(200);
      expect((await finish({ ...begun, totpCode: owner.code() })).status).toBe(401);
      const late = { ...(await owner.beginSignIn()), channel: "bearer" };
      stack.clock.advance(10 * 60_000);
      expect((await finish({ ...late, totpCode: owner.code() })).status).toBe(401);
    }));
});

describe("too many sign-ins", () => {
  const begin = (stack: Stack, email: string, more: { from?: string; headers?: Record<string, string> } = {}) =>
    stack.ask({ method: "POST", url: "/v1/sessions/begin", body: { email, startLoginRequest: "AAAA" }, ...more });
  const [home, attic] = ["192.0.2.1", "198.51.100.9"];

  it("from one address at one account make that address wait, and never keep the owner out", () =>
    withStack(
      async (stack) => {
        const owner = await anOwner(stack);
        const tries: Answer[] = [];
        for (let i = 0; i < 4; i++) tries.push(await begin(stack, owner.email, { from: attic }));
        expect(tries.map(({ status }) => status)).toEqual([400, 400, 400, 429]);
        expect([codeOf(tries[3] as Answer), Number(tries[3]?.headers["retry-after"])]).toEqual([
          "too-many-attempts",
          600,
        ]);
        for (let i = 0; i < 6; i++) expect((await owner.trySignIn()).status).toBe(200);
        expect((await begin(stack, "another@example.test", { from: attic })).status).toBe(400);
        stack.clock.advance(600_000);
        expect((await begin(stack, owner.email, { from: attic })).status).toBe(400);
      },
      { limits: { signIn: { perAddressAndAccount: 3, perAccount: 1000 } } },
    ));

  it("from everywhere at one account slow it down, and a right passphrase still gets in", () =>
    withStack(
      async (stack) => {
        const owner = await anOwner(stack);
        for (let i = 0; i < 20; i++) await begin(stack, owner.email, { from: `198.51.100.${i}` });
        expect((await owner.trySignIn({ passphrase: "wrong" })).status).toBe(401);
        expect((await begin(stack, owner.email)).status).toBe(400);
        const slowed = await begin(stack, owner.email);
        expect([slowed.status, Number(slowed.headers["retry-after"])]).toEqual([429, 30]);
        stack.clock.advance(30_000);
        expect((await owner.trySignIn()).status).toBe(200);
      },
      { limits: { signIn: { perAddressAndAccount: 10, perAccount: 5 } } },
    ));

  it("from one address close neither its check-ins nor its recipients' links, and no other address", () =>
    withStack(
      async (stack) => {
        const owner = await anOwner(stack);
        const friend = await aRecipient(owner);
        await anArmedBequest(owner, friend);
        for (let i = 0; i < 6; i++) await begin(stack, `nobody-${i}@example.test`);
        expect((await begin(stack, owner.email)).status).toBe(429);
        const minted = { caller: "clock", requestId: "test" } as const;
        const { token } = await stack.keyholder.handlers.mintToken({ account: owner.account }, minted);
        const body = { token, nonce: randomHash() };
        expect((await stack.ask({ method: "POST", url: "/v1/checkins/token", body })).status).toBe(200);
        expect((await owner.challenge("checkin")).account).toBe(owner.account);
        await friend.openLink();
        expect((await begin(stack, owner.email, { from: home })).status).toBe(400);
      },
      { limits: { perAddress: 6 } },
    ));

  it("behind a proxy are counted by who really asks, if and only if the proxy is trusted", async () => {
    const flood = async (stack: Stack) => {
      const from = "10.0.0.2";
      const as = (address: string) => ({ from, headers: { "x-forwarded-for": address } });
      for (let i = 0; i < 4; i++) await begin(stack, `nobody-${i}@example.test`, as(attic));
      const direct = { from: attic, headers: { "x-forwarded-for": "203.0.113.77" } };
      const statuses = [];
      for (const asked of [as(attic), as(home), direct])
        statuses.push((await begin(stack, "a@example.test", asked)).status);
      return statuses;
    };
    const check = async (trustedProxies: string[] | undefined, expected: number[]) =>
      withStack(async (stack) => expect(await flood(stack)).toEqual(expected), {
        limits: { perAddress: 4 },
        ...(trustedProxies === undefined ? {} : { trustedProxies }),
      });
    await check(["10.0.0.0/24"], [429, 400, 429]);
    await check(undefined, [429, 429, 400]);
  });
});

describe("a session", () => {
  it("in a browser is a cookie that script cannot read and other pages cannot use", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const answer = await owner.trySignIn({ channel: "cookie" });
      expect(answer.body).toMatchObject({ token: "" });
      const cookie = cookieOf(answer);
      for (const attribute of ["__Host-ak=", "Path=/", "HttpOnly", "Secure", "SameSite=Strict"])
        expect(cookie).toContain(attribute);
      expect(cookie).not.toMatch(/Domain|Max-Age|Expires/i);
      const mine = { cookie: `__Host-ak=${tokenIn(cookie)}` };
      expect((await account(stack, { ...mine, "x-afterkeep": "1" })).status).toBe(200);
      const out = (headers: Record<string, string>) =>
        stack.ask({ method: "DELETE", url: "/v1/sessions/current", headers });
      const foreign: Record<string, string>[] = [
        {},
        { "x-afterkeep": "1" },
        { origin: ownPage.origin },
        { ...ownPage, origin: "https://evil.example" },
        { ...ownPage, origin: "null" },
      ];
      for (const headers of foreign) {
        const refused = await out({ ...mine, ...headers });
        expect([headers, refused.status, codeOf(refused)]).toEqual([headers, 403, "foreign-origin"]);
      }
      const reading: Record<string, string>[] = [{}, { "x-afterkeep": "1", origin: "https://evil.example" }];
      for (const headers of reading) expect((await account(stack, { ...mine, ...headers })).status).toBe(403);
      const ended = await out({ ...mine, ...ownPage });
      expect([ended.status, cookieOf(ended)]).toMatchObject([200, expect.stringContaining("__Host-ak=;")]);
      expect((await account(stack, { ...mine, "x-afterkeep": "1" })).status).toBe(401);
    }));

  it("is not opened in a browser for another page's request", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const body = { ...(await owner.beginSignIn()), totpCode: owner.code(), channel: "cookie" };
      const answer = await stack.ask({
        method: "POST",
        url: "/v1/sessions/finish",
        body,
        headers: { origin: "https://evil.example" },
      });
      expect([answer.status, answer.headers["set-cookie"]]).toEqual([403, undefined]);
    }));

  it("of one kind is not one of another", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const cookie = tokenIn(cookieOf(await owner.trySignIn({ channel: "cookie" })));
      expect((await account(stack, { authorization: `Bearer ${cookie}` })).status).toBe(401);
      expect((await account(stack, { cookie: `__Host-ak=${owner.token}`, "x-afterkeep": "1" })).status).toBe(401);
      expect((await account(stack, { cookie: `__Host-ak-r=${cookie}`, "x-afterkeep": "1" })).status).toBe(401);
    }));

  it("ends when nobody used it, and in any case in the end", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const headers = async () => ({
        cookie: `__Host-ak=${tokenIn(cookieOf(await owner.trySignIn({ channel: "cookie" })))}`,
        "x-afterkeep": "1",
      });
      const idle = await headers();
      stack.clock.advance(30 * 60_000);
      expect((await account(stack, idle)).status).toBe(401);
      const busy = await headers();
      for (let minutes = 0; minutes < 12 * 60 - 20; minutes += 20) {
        stack.clock.advance(20 * 60_000);
        expect([minutes, (await account(stack, busy)).status]).toEqual([minutes, 200]);
      }
      stack.clock.advance(20 * 60_000);
      expect((await account(stack, busy)).status).toBe(401);
      stack.clock.advance(29 * 24 * 3_600_000);
      expect((await account(stack, { authorization: `Bearer ${owner.token}` })).status).toBe(200);
      stack.clock.advance(30 * 24 * 3_600_000);
      expect((await account(stack, { authorization: `Bearer ${owner.token}` })).status).toBe(401);
    }));
});

describe("the proof of an address", () => {
  it("is a link that works until a newer one replaces it, and says yes twice", () =>
    withStack(async (stack) => {
      const owner = new Owner(stack, "ada@example.test");
      await owner.signUp();
      const [first] = await stack.mails();
      expect(first).toMatchObject({ to: "ada@example.test", kind: "verify-email" });
      await owner.ask("sendEmailVerification");
      const verify = (token: string | undefined) =>
        stack.ask({ method: "POST", url: "/v1/account/email/verify", body: { token } });
      expect(codeOf(await verify(first?.token))).toBe("link-unknown");
      const second = (await stack.mails()).at(-1);
      expect([(await verify(second?.token)).status, (await verify(second?.token)).status]).toEqual([200, 200]);
      const before = (await stack.mails()).length;
      await owner.ask("sendEmailVerification");
      expect((await stack.mails()).length).toBe(before);
      expect(codeOf(await verify(randomHash()))).toBe("link-unknown");
    }));

  it("is over after a week", () =>
    withStack(async (stack) => {
      const owner = new Owner(stack, "ada@example.test");
      await owner.signUp();
      const [mail] = await stack.mails();
      stack.clock.advance(7 * 24 * 3_600_000);
      const late = await stack.ask({ method: "POST", url: "/v1/account/email/verify", body: { token: mail?.token } });
      expect([late.status, codeOf(late)]).toEqual([404, "link-unknown"]);
    }));
});
