import { type Bytes, type Id, idBytes, MalformedError, type RandomSource } from "@afterkeep/bytes";
import { ctx, DecryptionError, unwrap, wrap } from "@afterkeep/crypto";
import { type JcsCodec, padContent, unpadContent } from "@afterkeep/formats";

/** Which label: of a bequest or a recipient (`id`), at revision `rev` (0 when created). */
export type LabelPlace = { readonly account: Id; readonly id: Id; readonly rev: number };

/** wrap(RK, ctx("label", account, id, rev), same, padded JCS): what the owner calls things, which the server never sees. */
export function sealLabel<T>(
  rootKey: Uint8Array,
  place: LabelPlace,
  codec: JcsCodec<T>,
  label: T,
  random?: RandomSource,
): Bytes {
  const context = labelContext(place);
  return wrap(rootKey, context, context, padContent(codec.encode(label)), random);
}

/** Opens an untrusted label. Throws DecryptionError if it is not the one of this place and revision. */
export function openLabel<T>(rootKey: Uint8Array, place: LabelPlace, codec: JcsCodec<T>, sealed: Uint8Array): T {
  const context = labelContext(place);
  const padded = unwrap(rootKey, context, context, sealed);
  try {
    return codec.decode(unpadContent(padded));
  } catch (error) {
    if (error instanceof MalformedError) throw new DecryptionError();
    throw error;
  }
}

function labelContext(place: LabelPlace): Bytes {
  return ctx("label", idBytes(place.account), idBytes(place.id), place.rev);
}
