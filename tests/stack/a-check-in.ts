import { encodeBase64url, randomBytes } from "@afterkeep/bytes";
import { ageSealSmall, parseHybridRecipient } from "@afterkeep/formats";
import { type Owner, randomHash, signed } from "./an-owner.ts";

/** What the owner's device sends as a sign of life. */
export async function aSignedCheckIn(owner: Owner): Promise<string> {
  const { aud, challenge, blobKey, head } = await owner.challenge("checkin");
  return signed(
    "checkin",
    {
      aud,
      account: owner.account,
      deviceKey: encodeBase64url(owner.device.publicKey),
      challenge,
      nonce: randomHash(),
      seenHead: head,
      seenCheckpoint: "",
      answers: [],
      blob: encodeBase64url(await ageSealSmall([parseHybridRecipient(blobKey)], randomBytes(256))),
      iat: 0,
    },
    owner.device,
  );
}
