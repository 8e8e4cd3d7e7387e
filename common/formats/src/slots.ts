import { type Bytes, expectLength, type Id, idBytes, type RandomSource } from "@afterkeep/bytes";
import { ctx, DecryptionError, sha256, unwrap, wrap } from "@afterkeep/crypto";

/** A way to the root key: `opaque` by passphrase (export key), `kit` by the printed words, `prf` by a passkey (later). */
export type SlotKind = "opaque" | "kit";

/** Which slot: `epoch` counts root keys of the account, from 0. */
export type SlotPlace = {
  readonly account: Id;
  readonly kind: SlotKind;
  readonly slotId: Id;
  readonly epoch: number;
};

export const rootKeyLength = 32;

/** Secret bytes that each kind of slot is opened with: the OPAQUE export key (SHA-512), the kit secret. */
const secretLengths: Readonly<Record<SlotKind, number>> = { opaque: 64, kit: 32 };

/** wrap(secret, ctx("slot", account, kind, slotId, epoch), same, RK). */
export function wrapRootKey(secret: Uint8Array, place: SlotPlace, rootKey: Uint8Array, random?: RandomSource): Bytes {
  const context = slotContext(place);
  expectLength(rootKey, rootKeyLength, "root key");
  return wrap(expectSecret(secret, place.kind), context, context, rootKey, random);
}

/** Opens an untrusted slot. Throws DecryptionError unless secret and place are the ones it was made for. */
export function unwrapRootKey(secret: Uint8Array, place: SlotPlace, slot: Uint8Array): Bytes {
  const context = slotContext(place);
  const rootKey = unwrap(expectSecret(secret, place.kind), context, context, slot);
  if (rootKey.length !== rootKeyLength) throw new DecryptionError();
  return rootKey;
}

/** The constant PRF input for an owner's passkey; sign-in without a user name does not know the account. */
export function passkeyPrfInput(person: "owner" | "recipient"): Bytes {
  return sha256(ctx(person === "owner" ? "prf" : "prf-recipient"));
}

function slotContext(place: SlotPlace): Bytes {
  return ctx("slot", idBytes(place.account), place.kind, idBytes(place.slotId), place.epoch);
}

function expectSecret(secret: Uint8Array, kind: SlotKind): Uint8Array {
  return expectLength(secret, secretLengths[kind], "slot secret");
}
