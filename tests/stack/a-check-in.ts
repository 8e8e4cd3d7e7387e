import { encodeBase64url, randomBytes } from "@afterkeep/bytes";
import { ageSealSmall, parseHybridRecipient } from "@afterkeep/formats";
import { generateSigningKey, type SigningKey } from "@afterkeep/crypto";
import { openStatement, type StatementBody } from "@afterkeep/statements";
import { askRoute, type Owner, randomHash, signed } from "./an-owner.ts";

/** What the owner's device sends as a sign of life. */
export async function aSignedCheckIn(owner: Owner): Promise<string> {
  return checkInOver(owner, await owner.challenge("checkin"), owner.device);
}

/** A key that may only check in, certified by the owner. */
export async function aDelegate(owner: Owner): Promise<SigningKey> {
  const delegate = generateSigningKey();
  const key = encodeBase64url(delegate.publicKey);
  await owner.submit("delegate", await owner.signControl("delegate", (fields) => ({ ...fields, key })));
  return delegate;
}

/** What a job with such a key sends, which has no session. */
export async function aDelegatedCheckIn(
  owner: Owner,
  delegate: SigningKey,
  over: Partial<StatementBody<"checkin">> = {},
): Promise<string> {
  const body = { account: owner.account, key: encodeBase64url(delegate.publicKey) };
  const { challenge } = await askRoute(owner.stack, "delegateChallenge", { body });
  return checkInOver(owner, openStatement("challenge", challenge, await owner.keyholderKey()).body, delegate, over);
}

async function checkInOver(
  owner: Owner,
  { aud, challenge, blobKey, head }: StatementBody<"challenge">,
  key: SigningKey,
  over: Partial<StatementBody<"checkin">> = {},
): Promise<string> {
  return signed(
    "checkin",
    {
      aud,
      account: owner.account,
      deviceKey: encodeBase64url(key.publicKey),
      challenge,
      nonce: randomHash(),
      seenHead: head,
      seenCheckpoint: "",
      answers: [],
      blob: encodeBase64url(await ageSealSmall([parseHybridRecipient(blobKey)], randomBytes(256))),
      iat: 0,
      ...over,
    },
    key,
  );
}
