import { decodeBase64url, encodeBase64url } from "@afterkeep/bytes";
import { openGrant, openProofChallenge, type Grant } from "@afterkeep/formats";
import type { KeyholderSwitch } from "../switches/describe-switch.ts";
import { dayMs, type TestKeyholder } from "./a-keyholder.ts";
import type { Owner, Person } from "./an-owner.ts";

const asClock = { caller: "clock", requestId: "test" } as const;
const asApi = { caller: "api", requestId: "test" } as const;

export type Fetched = {
  readonly grant: Grant;
  readonly release: string;
  readonly outer: Uint8Array;
  readonly path: Uint8Array;
};

/** Says, as an honest clock zone, that every reminder that is due was taken by a mail server. */
export async function remindAll(test: TestKeyholder): Promise<void> {
  const { handlers } = test.keyholder;
  const { items } = await handlers.switches({ after: 0, limit: 1000 }, asClock);
  for (const { account, b, lastSign, remindersDue } of items) {
    for (const reminder of remindersDue)
      await handlers.reminderAccepted({ account, b, lastSign, ...reminder }, asClock);
  }
}

/** Lets time pass with nobody answering, and the clock zone doing its work a few times a day. */
export async function silence(test: TestKeyholder, ms: number): Promise<void> {
  const stepMs = dayMs / 4;
  for (let left = ms; left > 0; left -= stepMs) {
    await test.pass(Math.min(left, stepMs));
    await remindAll(test);
  }
}

export async function switchOf(owner: Owner, b: string): Promise<KeyholderSwitch> {
  const { items } = await owner.handlers.switches({ account: owner.account }, asApi);
  const found = items.find((item) => item.b === b);
  if (found === undefined) throw new Error("no such switch");
  return found;
}

/** What a recipient's device does to get the share: proves the key, then opens the grant. */
export async function fetchShare(
  owner: Owner,
  b: string,
  { r, identity }: Pick<Person, "r" | "identity">,
): Promise<Fetched> {
  const place = { account: owner.account, b, r };
  const { decisionId, challenge } = await owner.handlers.prove(place, asApi);
  const { nonce } = await openProofChallenge(identity, decodeBase64url(challenge));
  const request = { ...place, decisionId, nonce: encodeBase64url(nonce) };
  const { grant, release, outer, path } = await owner.handlers.grant(request, asApi);
  return {
    grant: await openGrant(identity, decodeBase64url(grant)),
    release,
    outer: decodeBase64url(outer),
    path: decodeBase64url(path),
  };
}
