import { type Bytes, concatBytes, equalBytes, expectLength, MalformedError, type RandomSource } from "@afterkeep/bytes";
import { ctx, DecryptionError, unwrap, wrap } from "@afterkeep/crypto";
import { type AgeIdentity, parseIdentity } from "./age-keys.ts";
import { ageOpenMine, ageSealSmall } from "./age-small.ts";
import { type BequestContext, bequestContext, bequestContextLength, type BequestPlace } from "./bequest.ts";
import { bytesField, jcsCodec, objectField, parsedField } from "./shape.ts";

/** The one path of this version: the switch, by the keyholder's share alone. */
export const switchPath = { pathId: 1, mask: 1 } as const;

/** Which path opens G, and which secrets it takes (1 keyholder share, 2 guardian secret, 4 time-lock). */
export type GatePath = { readonly pathId: number; readonly mask: number };

export const shareLength = 32;
export const gateKeyLength = 32;

type Inner = { readonly bequest: Bytes; readonly identity: AgeIdentity; readonly owner: Bytes };

const innerCodec = jcsCodec<Inner>(
  objectField<Inner>({
    bequest: bytesField(bequestContextLength),
    identity: parsedField(parseIdentity),
    owner: bytesField(32),
  }),
  8 * 1024,
);

/**
 * inner = age→pk_r of JCS{bequest: B, identity: BI_g, owner: thumb(OK)}: the bequest's secret key, for this recipient only.
 * @param ownerThumb 32 raw bytes
 */
export async function sealInner(place: BequestPlace, identity: AgeIdentity, ownerThumb: Uint8Array): Promise<Bytes> {
  const body = { bequest: bequestContext(place), identity, owner: new Uint8Array(ownerThumb) };
  return ageSealSmall([place.recipient], innerCodec.encode(body));
}

/** Opens an untrusted inner part. Throws DecryptionError unless it is for this bequest and by this owner. */
export async function openInner(
  recipientIdentity: AgeIdentity,
  inner: Uint8Array,
  bequest: BequestContext,
  ownerThumb: Uint8Array,
): Promise<AgeIdentity> {
  const body = decodeInner(await ageOpenMine(recipientIdentity, inner));
  // Why both: anybody can seal to a public key. A transplanted inner would open somebody else's documents as this owner's.
  if (!equalBytes(body.bequest, bequest) || !equalBytes(body.owner, ownerThumb)) throw new DecryptionError();
  return body.identity;
}

/** outer = wrap(G, ctx("outer", B), same, inner). */
export function sealOuter(
  gateKey: Uint8Array,
  bequest: BequestContext,
  inner: Uint8Array,
  random?: RandomSource,
): Bytes {
  const context = ctx("outer", bequest);
  return wrap(expectLength(gateKey, gateKeyLength, "gate key"), context, context, inner, random);
}

/** Opens an untrusted outer part to its inner. Throws DecryptionError. */
export function openOuter(gateKey: Uint8Array, bequest: BequestContext, outer: Uint8Array): Bytes {
  const context = ctx("outer", bequest);
  return unwrap(expectLength(gateKey, gateKeyLength, "gate key"), context, context, outer);
}

/** W = wrap(kh ‖ gd ‖ tl, ctx("path", B, pathId, mask), same, G). */
export function sealPath(
  share: Uint8Array,
  bequest: BequestContext,
  gateKey: Uint8Array,
  path: GatePath = switchPath,
  random?: RandomSource,
): Bytes {
  const context = pathContext(bequest, path);
  return wrap(pathSecret(share), context, context, expectLength(gateKey, gateKeyLength, "gate key"), random);
}

/** Opens an untrusted path part to G. Throws DecryptionError; MalformedError if the path is not one of this version. */
export function openPath(
  share: Uint8Array,
  bequest: BequestContext,
  wrapped: Uint8Array,
  path: GatePath = switchPath,
): Bytes {
  const context = pathContext(bequest, path);
  const gateKey = unwrap(pathSecret(share), context, context, wrapped);
  if (gateKey.length !== gateKeyLength) throw new DecryptionError();
  return gateKey;
}

function pathContext(bequest: BequestContext, path: GatePath): Bytes {
  // Why refused, not ignored: a policy that asks for guardians must not be opened by the keyholder's share alone.
  if (path.pathId !== switchPath.pathId || path.mask !== switchPath.mask)
    throw new MalformedError("path of this version");
  return ctx("path", bequest, path.pathId, Uint8Array.of(path.mask));
}

/** Three slots in fixed order, 0x00 for an absent one or 0x01 ‖ 32 bytes. Mask 1: the keyholder's share only. */
function pathSecret(share: Uint8Array): Bytes {
  return concatBytes(
    Uint8Array.of(1),
    expectLength(share, shareLength, "keyholder share"),
    Uint8Array.of(0),
    Uint8Array.of(0),
  );
}

function decodeInner(bytes: Uint8Array): Inner {
  try {
    return innerCodec.decode(bytes);
  } catch {
    throw new DecryptionError();
  }
}
