import {
  type Bytes,
  copyBytes,
  type Id,
  idBytes,
  MalformedError,
  type RandomSource,
  randomBytes,
} from "@afterkeep/bytes";
import { argon2id, type Argon2Cost, ctx, DecryptionError, unwrap, wrap } from "@afterkeep/crypto";
import { type AgeIdentity, bytesField, jcsCodec, objectField, parsedField, parseIdentity } from "@afterkeep/formats";

/** What a recipient must have to open: their identity, and the owner's key as they first saw it. */
export type RecipientSecrets = {
  readonly identity: AgeIdentity;
  /** The owner's raw Ed25519 public key, 32 bytes. */
  readonly ownerKey: Bytes;
};

/** A passphrase slot as the server keeps it. The cost and salt are in clear; whoever has it can guess offline, at that cost. */
export type RecipientSlot = { readonly cost: Argon2Cost; readonly salt: Bytes; readonly wrapped: Bytes };

type Place = { readonly account: Id; readonly r: Id };

/** About one second of JavaScript on an ordinary computer; RFC 9106's second recommendation with one lane. */
const defaultCost: Argon2Cost = { memoryKiB: 65_536, passes: 3, lanes: 1 };

const codec = jcsCodec<RecipientSecrets>(
  objectField<RecipientSecrets>({ identity: parsedField(parseIdentity), ownerKey: bytesField(32) }),
  4096,
);

/** wrap(argon2id(passphrase), ctx("recipient-slot", account, r), same, JCS{identity, ownerKey}). */
export async function sealRecipientSlot(
  passphrase: string,
  place: Place,
  secrets: RecipientSecrets,
  random: RandomSource = randomBytes,
  cost: Argon2Cost = defaultCost,
): Promise<RecipientSlot> {
  const salt = copyBytes(random(32));
  const context = slotContext(place);
  const key = await argon2id(passphrase, salt, cost);
  return { cost, salt, wrapped: wrap(key, context, context, codec.encode(secrets), random) };
}

/** Opens an untrusted slot. Throws DecryptionError on a wrong passphrase or any change. */
export async function openRecipientSlot(
  passphrase: string,
  place: Place,
  slot: RecipientSlot,
): Promise<RecipientSecrets> {
  const context = slotContext(place);
  try {
    const key = await argon2id(passphrase, slot.salt, slot.cost);
    return codec.decode(unwrap(key, context, context, slot.wrapped));
  } catch (error) {
    if (error instanceof MalformedError) throw new DecryptionError();
    throw error;
  }
}

function slotContext(place: Place): Bytes {
  return ctx("recipient-slot", idBytes(place.account), idBytes(place.r));
}
