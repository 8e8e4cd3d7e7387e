import { decodeBase64url, encodeBase64url } from "@afterkeep/bytes";
import { openGrant, openProofChallenge } from "@afterkeep/formats";
import { AfterkeepError } from "@afterkeep/platform";
import { Violation } from "../ledger/violation.ts";
import { Unavailable } from "../world/ask.ts";
import type { World } from "../world/world.ts";
import { requireOwnGateOnly } from "./open-gates.ts";
import { aKeyPair, type BequestState, type Person, randomHash, type Vault } from "./vault.ts";

/** Tries to get a share, as the recipient's device does, and lets the ledger judge what comes. Whether it worked. */
export async function tryToFetch(world: World, vault: Vault, bequest: BequestState, person: Person): Promise<boolean> {
  const place = { account: vault.account, b: bequest.b, r: person.r };
  let decisionId = "";
  try {
    const proof = await world.askServer("prove", place);
    decisionId = proof.decisionId;
    const { nonce } = await openProofChallenge(person.identity, decodeBase64url(proof.challenge));
    const answer = await world.askServer("grant", { ...place, decisionId, nonce: encodeBase64url(nonce) });
    const grant = await openGrant(person.identity, decodeBase64url(answer.grant));
    judge(world, bequest, person.r, { ...grant, decisionId });
    world.ledger.count("S6");
    await requireOwnGateOnly(vault, bequest, person, { share: grant.share, ...answer });
    return true;
  } catch (error) {
    if (error instanceof Unavailable && error.mayHaveCounted && decisionId !== "") {
      const { facts } = bequest;
      facts.maybeFetched.add(`${decisionId}/${person.r}`);
      facts.opened.add(facts.decision?.g ?? facts.bound?.g ?? 0);
      world.ledger.fetches.maybeFetched(decisionId, person.r);
    }
    if (error instanceof Unavailable || error instanceof AfterkeepError) return false;
    throw error;
  }
}

/** S11: whoever cannot read the proof gets nothing, whatever they guess, and however much of the way they can listen to. */
export async function tryAsSomebodyElse(
  world: World,
  vault: Vault,
  { b }: BequestState,
  person: Person,
): Promise<void> {
  const place = { account: vault.account, b, r: person.r };
  const { identity } = await aKeyPair();
  try {
    const { decisionId, challenge } = await world.askServer("prove", place);
    const read = await openProofChallenge(identity, decodeBase64url(challenge)).then(
      () => true,
      () => false,
    );
    world.ledger.count("S11");
    if (read) throw new Violation("S11", "somebody else could read a recipient's proof");
    await world.askServer("grant", { ...place, decisionId, nonce: randomHash() });
  } catch (error) {
    if (error instanceof Unavailable || error instanceof AfterkeepError) return;
    throw error;
  }
  throw new Violation("S11", "a share was given to somebody who proved nothing");
}

type Opened = { decisionId: string; share: Uint8Array; manifestHash: Uint8Array; policyHash: Uint8Array };

function judge(world: World, { facts }: BequestState, r: string, opened: Opened): void {
  const { decisionId } = opened;
  const [share, manifestHash, policyHash] = [opened.share, opened.manifestHash, opened.policyHash].map(encodeBase64url);
  const policy = facts.policies.get(policyHash ?? "");
  if (policy === undefined) throw new Violation("S4", "granted under a policy that nobody signed");
  const given = { decisionId, r, share: share ?? "", manifestHash: manifestHash ?? "", policyHash: policyHash ?? "" };
  world.ledger.judge("onGrant", { facts, policy, ...given, now: world.ledger.now() });
  facts.opened.add(policy.g);
  facts.fetched.set(`${decisionId}/${r}`, given.manifestHash);
  world.ledger.fetches.fetched(decisionId, r, given.manifestHash);
  world.note(`fetched by ${r}`);
}
