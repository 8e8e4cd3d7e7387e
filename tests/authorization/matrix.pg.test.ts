import { problem, type RouteName, routes, type RouteSpec } from "@afterkeep/contracts";
import { describe, expect, it } from "vitest";
import { aFreezeOrder } from "../stack/a-freeze.ts";
import { type Asked, withStack } from "../stack/a-stack.ts";
import { aWorld, validRequests, type ValidRequest, type World } from "../stack/a-world.ts";

/**
 * What another owner meets who sends the owner's own request, ids and all: `theirs` means that the route only ever speaks of the
 * caller's own account, so they are answered, about themselves.
 */
const asOtherOwner: Partial<Record<RouteName, number | "theirs">> = {
  getAccount: "theirs",
  sendEmailVerification: "theirs",
  challenge: "theirs",
  submitStatement: 403,
  listStatements: "theirs",
  checkIn: 403,
  getStatus: "theirs",
  depositKey: 404,
  deposit: 404,
  depositContact: 409,
  beginDocument: "theirs",
  putPart: 404,
  listParts: 404,
  // Nothing of that name is theirs, so nothing of it is left; that the owner keeps it is looked at below.
  discardDocument: "theirs",
  getObject: 404,
  listDocuments: "theirs",
  putHeader: 404,
  commitManifest: 403,
  getManifest: 404,
  createRecipient: "theirs",
  listRecipients: "theirs",
  reinviteRecipient: 404,
  createBequest: "theirs",
  listBequests: "theirs",
  putLabel: 404,
  getLog: "theirs",
  endSession: "theirs",
};

/** What a recipient meets to whom this bequest was not left. */
const asOtherRecipient: Partial<Record<RouteName, readonly number[] | "theirs">> = {
  getRecipientView: "theirs",
  acceptInvitation: [409],
  prove: [403, 404, 409],
  proveToAsk: [404],
  ask: [403, 404],
  grant: [403, 404, 409],
  getBundle: [404],
  getReleasedObject: [404],
};

/** What leaves no leaf in the audit log although it is no reading, each with its reason. */
const unaudited: Partial<Record<RouteName, string>> = {
  challenge: "the keyholder makes a number; nothing changes until a statement uses it",
  depositKey: "a key that is never used is forgotten; the deposit has its leaf",
  prove: "a nonce; the fetch has its leaf",
  proveToAsk: "a nonce; the request has its leaf",
  sendEmailVerification: "this owner's address is proven, so nothing is sent",
  beginDocument: "nobody sees it before a manifest names it",
  putPart: "the same part again changes nothing; the last one of an object has its leaf",
  acceptInvitation: "the same key and copy again change nothing; the first time has its leaf",
};

// Recipients first: an owner's sign of life takes back what was not fetched. Ending the session last.
const order = (Object.keys(routes) as RouteName[]).sort((a, b) => rank(a) - rank(b));
function rank(name: RouteName): number {
  if (name === "endSession") return 3;
  return routes[name].auth === "recipient" ? 0 : 1;
}

function askedOf(name: RouteName, request: ValidRequest, token?: string): Asked {
  const spec: RouteSpec = routes[name];
  const path = Object.entries(request.params ?? {}).reduce(
    (url, [key, value]) => url.replace(`:${key}`, value),
    String(spec.path),
  );
  const query = new URLSearchParams(request.query).toString();
  return {
    method: spec.method,
    url: query === "" ? path : `${path}?${query}`,
    ...(request.body === undefined ? {} : { body: request.body }),
    ...(token === undefined ? {} : { token }),
    ...(request.headers === undefined ? {} : { headers: request.headers }),
  };
}

/** Every caller's token, under the name by which the rules above speak of them. */
const tokens = ({ owner, otherOwner, recipient, otherRecipient, foreignRecipient }: World) =>
  ({
    nobody: undefined,
    owner: owner.token,
    otherOwner: otherOwner.token,
    recipient: recipient.token,
    otherRecipient: otherRecipient.token,
    foreignRecipient: foreignRecipient.token,
  }) as const;
type Caller = keyof ReturnType<typeof tokens>;

/** The statuses that a caller may get, or "theirs". */
function expected(name: RouteName, caller: Caller): readonly number[] | "theirs" {
  const { auth, status } = routes[name];
  if (caller === "nobody") return [401];
  const isOwner = caller === "owner" || caller === "otherOwner";
  if ((auth === "owner") !== isOwner) return [403];
  if (caller === "owner" || caller === "recipient") return [status];
  const rule = caller === "otherOwner" ? asOtherOwner[name] : asOtherRecipient[name];
  if (rule === undefined) throw new Error(`no rule for ${name} as ${caller}`);
  return typeof rule === "number" ? [rule] : rule;
}

function tokenOf(body: unknown): string {
  return typeof body === "object" && body !== null && "token" in body ? String(body.token) : "";
}

describe("every route for everybody", () => {
  it("is covered by this matrix", () => {
    expect(Object.keys(validRequests).sort()).toEqual(Object.keys(routes).sort());
    const ofOwner = order.filter((name) => routes[name].auth === "owner");
    expect(Object.keys(asOtherOwner).sort()).toEqual(ofOwner.sort());
    expect(Object.keys(asOtherRecipient).sort()).toEqual(
      order.filter((name) => routes[name].auth === "recipient").sort(),
    );
  });

  it(
    "is done for its rightful caller alone, and says nothing of the owner to anybody else",
    () =>
      withStack(async (stack) => {
        const world = await aWorld(stack);
        const callers = tokens(world);
        const wrong: string[] = [];
        const protectedRoutes = order.filter((name) => routes[name].auth !== "none");
        for (const name of protectedRoutes) {
          const rightful: Caller = routes[name].auth === "owner" ? "owner" : "recipient";
          const request = await validRequests[name](world);
          const others = (Object.keys(callers) as Caller[]).filter(
            (caller) => caller !== rightful && !(name === "endSession" && caller === "otherOwner"),
          );
          const before = await stack.rowCounts();
          for (const caller of others) {
            const wanted = expected(name, caller);
            // What a stranger may do in their own account adds rows of their own; the next test asks for it.
            if (wanted === "theirs" && routes[name].method !== "GET") continue;
            const answer = await stack.ask(askedOf(name, request, callers[caller]));
            const isRight =
              wanted === "theirs"
                ? answer.status === routes[name].status
                : wanted.includes(answer.status) && problem.safeParse(answer.body).success;
            if (!isRight) wrong.push(`${name} as ${caller}: ${answer.status} ${answer.text.slice(0, 160)}`);
            if (caller === "otherOwner" || caller === "nobody" || caller === "foreignRecipient")
              for (const secret of [
                world.owner.account,
                world.owner.email,
                world.bequest.b,
                world.bequest.document.doc,
              ])
                if (answer.text.includes(secret)) wrong.push(`${name} as ${caller} speaks of ${secret}`);
          }
          const after = await stack.rowCounts();
          if (JSON.stringify(after) !== JSON.stringify(before))
            wrong.push(`${name}: rows changed by those who may not`);
          const done = await stack.ask(askedOf(name, request, callers[rightful]));
          if (done.status !== routes[name].status)
            wrong.push(`${name} as ${rightful}: ${done.status} ${done.text.slice(0, 300)}`);
          const noted = ((await stack.rowCounts())["audit_leaf"] ?? 0) - (after["audit_leaf"] ?? 0);
          const isReading = routes[name].method === "GET" || unaudited[name] !== undefined;
          if (isReading !== (noted === 0)) wrong.push(`${name}: ${noted} audit leaves`);
          if (name === "submitStatement" || name === "commitManifest") await world.owner.refreshHead();
        }
        expect(wrong).toEqual([]);
      }),
    120_000,
  );

  it("lets a stranger act on ids of the owner's choosing in their own account only", () =>
    withStack(async (stack) => {
      const world = await aWorld(stack, "armed");
      const { owner, otherOwner, bequest, recipient } = world;
      const seen = async () => [
        await owner.ask("listBequests"),
        await owner.ask("listRecipients"),
        await owner.ask("listDocuments"),
        await owner.ask("getAccount"),
      ];
      const before = await seen();
      // The same client-made ids in another account are other things.
      await otherOwner.ask("createBequest", { body: { b: bequest.b, label: "AAAA" } });
      await otherOwner.ask("beginDocument", { body: bequest.document.announced });
      await otherOwner.ask("createRecipient", {
        body: { r: recipient.r, email: "mallory@example.test", label: "AAAA" },
      });
      const { pending } = world;
      for (const { doc, ver } of [pending, bequest.document]) {
        await otherOwner.ask("beginDocument", { body: { ...pending.announced, doc, ver } }).catch(() => undefined);
        await otherOwner.ask("discardDocument", { params: { doc, ver } });
        await otherOwner.ask("discardDocument", { params: { doc, ver } });
      }
      expect((await owner.ask("listParts", { params: { doc: pending.doc, ver: pending.ver } })).parts).toHaveLength(1);
      await otherOwner.ask("sendEmailVerification");
      await otherOwner.ask("endSession");
      expect(await seen()).toEqual(before);
      await otherOwner.trySignIn().then(({ body }) => (otherOwner.token = tokenOf(body)));
      const mine = await stack.ask({
        method: "GET",
        url: `/v1/documents/${bequest.document.doc}/versions/${bequest.document.ver}/object`,
        token: otherOwner.token,
      });
      expect(mine.status).toBe(404);
      const { doc, ver, object } = pending;
      const kept = await stack.api.app.inject({
        method: "GET",
        url: `/v1/documents/${doc}/versions/${ver}/object`,
        headers: { authorization: `Bearer ${owner.token}` },
      });
      expect(kept.rawPayload.equals(object)).toBe(true);
    }));

  it("lets two operators freeze everything, which leaves one leaf of nobody's account, and nothing changes for strangers", () =>
    withStack(async (stack) => {
      const world = await aWorld(stack, "armed");
      const request = await validRequests.orderFreeze(world);
      const [mine] = await aFreezeOrder(stack);
      const before = await stack.rowCounts();
      const alone = await stack.ask(askedOf("orderFreeze", { body: { statements: [mine, mine] } }));
      expect([alone.status, await stack.rowCounts()]).toEqual([400, before]);
      expect((await stack.ask(askedOf("orderFreeze", request))).status).toBe(200);
      const leaves = (await stack.rowCounts())["audit_leaf"] ?? 0;
      expect(leaves - (before["audit_leaf"] ?? 0)).toBe(1);
      const { switches } = await world.owner.ask("getStatus");
      expect(switches.map(({ state, waitsFor }) => [state, waitsFor])).toEqual([
        ["frozen", "operators"],
        ["frozen", "operators"],
      ]);
      expect(switches.every(({ frozenUntil }) => (frozenUntil ?? 0) > 0)).toBe(true);
    }));

  it("is open to those without a session only where the contract says so", () =>
    withStack(async (stack) => {
      const world = await aWorld(stack, "armed");
      for (const name of order.filter((one) => routes[one].auth === "none")) {
        const answer = await stack.ask(askedOf(name, await validRequests[name](world)));
        // The probe is the keyholder's own; a nonce that it did not send is refused.
        expect([name, answer.status]).toEqual([name, name === "probe" ? 404 : routes[name].status]);
      }
    }));
});
