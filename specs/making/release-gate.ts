import { idBytes } from "@afterkeep/bytes";
import { signingKeyFromSeed, thumbBytes } from "@afterkeep/crypto";
import {
  bequestContext,
  contactCommit,
  generateIdentity,
  openDeposit,
  openGrant,
  openProofChallenge,
  partHash,
  recipientOf,
  sealDeposit,
  sealGrant,
  sealInner,
  sealOuter,
  sealPath,
  sealProofChallenge,
  shareCommit,
  switchPath,
  unwrapFileKey,
} from "@afterkeep/formats";
import { fixedRandomForTestsOnly, withFixedRandomnessForTestsOnly } from "./fixed-randomness.ts";
import { hex, named, namedId, type VectorFile, type VectorValue } from "./values.ts";

const drawIdentity = (name: string) => withFixedRandomnessForTestsOnly(name, () => generateIdentity("hybrid"));

/** One recipient's gate in one generation, and what travels around it. */
export async function releaseGateVectors(): Promise<VectorFile> {
  const [recipientIdentity, bequestIdentity, oneTimeIdentity] = [
    await drawIdentity("recipient identity"),
    await drawIdentity("bequest identity"),
    await drawIdentity("one-time identity"),
  ];
  const recipient = await recipientOf(recipientIdentity);
  const owner = thumbBytes(signingKeyFromSeed(named("owner seed")).publicKey);
  const place = { account: namedId("account"), b: namedId("bequest"), g: 1, r: namedId("recipient"), recipient };
  const bequest = bequestContext(place);
  const [share, gateKey] = [named("keyholder share"), named("gate key")];
  const inner = await withFixedRandomnessForTestsOnly("inner", () => sealInner(place, bequestIdentity, owner));
  const outer = sealOuter(gateKey, bequest, inner, fixedRandomForTestsOnly("outer"));
  const path = sealPath(share, bequest, gateKey, switchPath, fixedRandomForTestsOnly("path"));
  const travelling = await sealTravelling(recipientIdentity, oneTimeIdentity, bequest, owner, share, partHash(outer));
  return {
    about: "specs/release-gate.md; bytes are hexadecimal; no key here is anybody's",
    account: hex(idBytes(place.account)),
    b: hex(idBytes(place.b)),
    g: place.g,
    r: hex(idBytes(place.r)),
    recipientIdentity,
    recipient,
    bequestIdentity,
    ownerThumb: hex(owner),
    bequest: hex(bequest),
    share: hex(share),
    gateKey: hex(gateKey),
    inner: hex(inner),
    innerFileKey: await fileKeyOf(inner, recipientIdentity),
    outer: hex(outer),
    outerHash: hex(partHash(outer)),
    pathId: switchPath.pathId,
    mask: switchPath.mask,
    path: hex(path),
    pathHash: hex(partHash(path)),
    shareCommit: hex(shareCommit(bequest, share)),
    contact: {
      address: "ada@example.org",
      salt: hex(named("contact salt")),
      commit: hex(contactCommit(place.account, place.r, named("contact salt"), "ada@example.org")),
    },
    ...travelling,
  };
}

async function sealTravelling(
  recipientIdentity: Awaited<ReturnType<typeof drawIdentity>>,
  oneTimeIdentity: Awaited<ReturnType<typeof drawIdentity>>,
  bequest: Uint8Array<ArrayBuffer>,
  owner: Uint8Array<ArrayBuffer>,
  share: Uint8Array<ArrayBuffer>,
  outerHash: Uint8Array<ArrayBuffer>,
): Promise<VectorFile> {
  const recipient = await recipientOf(recipientIdentity);
  const oneTime = await recipientOf(oneTimeIdentity);
  const decisionId = namedId("decision");
  const hashes = { manifestHash: named("manifest hash"), policyHash: named("policy hash"), outerHash };
  const deposit = await withFixedRandomnessForTestsOnly("deposit", () =>
    sealDeposit(oneTime, { bequest, owner, share }),
  );
  const challenge = await withFixedRandomnessForTestsOnly("challenge", () =>
    sealProofChallenge(recipient, { bequest, decisionId, nonce: named("nonce") }),
  );
  const grant = await withFixedRandomnessForTestsOnly("grant", () =>
    sealGrant(recipient, { bequest, share, decisionId, ...hashes }),
  );
  await Promise.all([
    openDeposit(oneTimeIdentity, deposit),
    openProofChallenge(recipientIdentity, challenge),
    openGrant(recipientIdentity, grant),
  ]);
  const sealed = async (file: Uint8Array, identity: typeof recipientIdentity): Promise<VectorValue> => ({
    file: hex(file),
    fileKey: await fileKeyOf(file, identity),
  });
  return {
    decisionId: hex(idBytes(decisionId)),
    manifestHash: hex(hashes.manifestHash),
    policyHash: hex(hashes.policyHash),
    nonce: hex(named("nonce")),
    oneTimeIdentity,
    deposit: await sealed(deposit, oneTimeIdentity),
    challenge: await sealed(challenge, recipientIdentity),
    grant: await sealed(grant, recipientIdentity),
  };
}

async function fileKeyOf(file: Uint8Array, identity: Awaited<ReturnType<typeof drawIdentity>>): Promise<string> {
  const fileKey = await unwrapFileKey(file, [identity]);
  if (fileKey === null) throw new Error("the vector does not open");
  return hex(fileKey);
}
