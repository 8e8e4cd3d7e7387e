import { idBytes } from "@afterkeep/bytes";
import {
  formatRecoveryKit,
  generateIdentity,
  keyringHash,
  kitRevocationKey,
  passkeyPrfInput,
  recipientOf,
  wrapKeyring,
  wrapRootKey,
} from "@afterkeep/formats";
import { encodeBase64url } from "@afterkeep/bytes";
import { fixedRandomForTestsOnly, withFixedRandomnessForTestsOnly } from "./fixed-randomness.ts";
import { hex, named, namedId, type VectorFile } from "./values.ts";

export async function keyVectors(): Promise<VectorFile> {
  const account = namedId("account");
  const rootKey = named("root key");
  const exportKey = Buffer.concat([named("export key 1"), named("export key 2")]);
  const slot = { account, kind: "opaque", slotId: namedId("slot"), epoch: 0 } as const;
  const kit = { account, secret: named("kit secret"), keyholder: encodeBase64url(named("keyholder thumb")) };
  const ageIdentity = await withFixedRandomnessForTestsOnly("owner identity", () => generateIdentity("hybrid"));
  const keyring = {
    ageIdentity,
    ageRecipient: await recipientOf(ageIdentity),
    ownerSeed: named("owner seed"),
    mlsSeed: named("mls seed"),
    version: 1,
  };
  const wrappedKeyring = wrapKeyring(rootKey, account, keyring, fixedRandomForTestsOnly("keyring"));
  return {
    about: "specs/sealed-document.md, Account keys; bytes are hexadecimal; no key here is anybody's",
    account: hex(idBytes(account)),
    rootKey: hex(rootKey),
    slot: {
      kind: slot.kind,
      slotId: hex(idBytes(slot.slotId)),
      epoch: slot.epoch,
      secret: hex(exportKey),
      wrapped: hex(wrapRootKey(exportKey, slot, rootKey, fixedRandomForTestsOnly("slot"))),
    },
    passkeyPrfInput: { owner: hex(passkeyPrfInput("owner")), recipient: hex(passkeyPrfInput("recipient")) },
    keyring: {
      ...keyring,
      ownerSeed: hex(keyring.ownerSeed),
      mlsSeed: hex(keyring.mlsSeed),
      wrapped: hex(wrappedKeyring),
      hash: hex(keyringHash(wrappedKeyring)),
    },
    kit: {
      secret: hex(kit.secret),
      keyholder: kit.keyholder,
      text: formatRecoveryKit(kit),
      revocationKey: hex(kitRevocationKey(kit).publicKey),
    },
  };
}
