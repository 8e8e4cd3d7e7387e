import { decodeBase64url, encodeBase64url, equalBytes } from "@afterkeep/bytes";
import type { RouteOutput, routes } from "@afterkeep/contracts";
import { thumb } from "@afterkeep/crypto";
import { changeProfile, type Device, readProfile } from "./device.ts";
import { RefusedError } from "./errors.ts";
import type { PinnedKeyholder } from "./profile.ts";

export type ServerInfo = RouteOutput<(typeof routes)["getServer"]>;

/**
 * Asks the server what it is. The first time its keyholder is pinned; later another keyholder, another mode or another committed
 * next key is refused, whoever says so (protocol §3: an api that hands out its own key as the keyholder's).
 */
export async function readServer(device: Device): Promise<ServerInfo> {
  const server = await device.transport.call("getServer", {});
  const offered = toPin(server);
  const { keyholder } = await readProfile(device);
  if (keyholder !== null) expectSame(keyholder, offered);
  else await pin(device, offered, true);
  device.memory.clock = { server: server.now, local: device.now(), factor: server.keyholder.factor };
  return server;
}

/**
 * Pins the keyholder whose fingerprint a person brought from elsewhere (a recovery kit, another device), before anything is believed.
 * Another one is refused, and nothing is remembered. @param typed a fingerprint or thumb, in any spacing
 */
export async function pinKeyholder(device: Device, typed: string): Promise<PinnedKeyholder> {
  const offered = toPin(await device.transport.call("getServer", {}));
  if (typed.replaceAll(/\s/g, "") !== offered.thumb) throw keyholderChanged();
  const { keyholder } = await readProfile(device);
  if (keyholder !== null) expectSame(keyholder, offered);
  await pin(device, offered, false);
  return offered;
}

async function pin(device: Device, keyholder: PinnedKeyholder, isNew: boolean): Promise<void> {
  await changeProfile(device, () => ({ keyholder, server: device.serverUrl }));
  device.memory.isKeyholderNew = isNew;
}

/** The pinned keyholder; reads the server first where none is remembered yet. */
export async function pinnedKeyholder(device: Device): Promise<PinnedKeyholder> {
  if (device.memory.clock === null) await readServer(device);
  const { keyholder } = await readProfile(device);
  if (keyholder === null) throw keyholderChanged();
  return keyholder;
}

export function keyholderKey(keyholder: PinnedKeyholder): Uint8Array {
  return decodeBase64url(keyholder.publicKey);
}

/**
 * Product time now, ms, as far as this device can tell: the server's word, carried on by the local clock. For courtesy checks of expiry and
 * for display only; what counts is the keyholder's own clock.
 */
export function productNow(device: Device): number {
  const clock = device.memory.clock;
  const local = device.now();
  return clock === null ? local : Math.round(clock.server + (local - clock.local) * clock.factor);
}

function toPin(server: ServerInfo): PinnedKeyholder {
  const { publicKey, nextKey, mode } = server.keyholder;
  const ownThumb = thumb(decodeBase64url(publicKey));
  if (ownThumb !== server.keyholder.thumb) throw keyholderChanged();
  return { publicKey, thumb: ownThumb, nextKey, mode };
}

function expectSame(pinned: PinnedKeyholder, offered: PinnedKeyholder): void {
  const isSame =
    equalBytes(keyholderKey(pinned), keyholderKey(offered)) &&
    pinned.mode === offered.mode &&
    pinned.nextKey === offered.nextKey;
  if (!isSame) throw keyholderChanged();
}

function keyholderChanged(): RefusedError {
  return new RefusedError(
    "keyholder-changed",
    "The server's keyholder is not the one this device knows. Nothing was sent to it.",
    { next: "Compare the keyholder's fingerprint with the one in your recovery kit, and ask whoever runs the server." },
  );
}

/** A keyholder's fingerprint for people: eight groups of the thumb. */
export function fingerprint(thumbText: string): string {
  return (encodeBase64url(decodeBase64url(thumbText)).match(/.{1,6}/g) ?? []).join(" ");
}
