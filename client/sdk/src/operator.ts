import { signingKeyFromSeed, sign } from "@afterkeep/crypto";
import {
  freezeBody,
  readStatement,
  signedStatement,
  type StatementBody,
  StatementError,
  verifyFreezeState,
} from "@afterkeep/statements";
import type { Device } from "./device.ts";
import { RefusedError } from "./errors.ts";
import { keyholderKey, pinnedKeyholder } from "./server-info.ts";

/** Whether two operators froze the keyholder, as its own signature says. Product ms; lengths are attended. */
export type FreezeInfo = {
  readonly isFrozen: boolean;
  /** When it ends by itself if all time counts; null where nothing is frozen. */
  readonly untilMs: number | null;
  readonly leftMs: number;
  /** How many more freezes may follow in this row, and how long until one may. */
  readonly more: number;
  readonly againMs: number;
};

export type FreezeOrder = { readonly what: "freeze" | "thaw"; readonly forMs: number };
type State = StatementBody<"freeze-state">;
type Order = StatementBody<"freeze">;

/** What the keyholder says of its freeze. Throws RefusedError `keyholder-changed` unless the pinned keyholder said it. */
export async function readFreeze(device: Device): Promise<FreezeInfo> {
  return infoOf(await readState(device));
}

/** The first operator's half of an order, for another one to confirm. @param seed of the operator's key, 32 bytes */
export async function signFreezeOrder(device: Device, seed: Uint8Array, order: FreezeOrder): Promise<string> {
  const { aud, mode, epoch, freeze, challenge } = await readState(device);
  return signBody(seed, { aud, mode, epoch, ...order, freeze, challenge, iat: Math.floor(device.now() / 1000) });
}

/** What another operator's half asks for. Throws RefusedError `order-invalid` unless it is for the keyholder as it is now. */
export async function readFreezeOrder(device: Device, half: string): Promise<FreezeOrder> {
  const { what, forMs } = await bodyForNow(device, half);
  return { what, forMs };
}

/**
 * The second operator signs the very same and sends both. Whose the first half is the keyholder alone can judge. Throws RefusedError `order-invalid`
 * where the keyholder's signed answer is another state than the one that was ordered.
 */
export async function confirmFreezeOrder(device: Device, seed: Uint8Array, half: string): Promise<FreezeInfo> {
  const body = await bodyForNow(device, half);
  const mine = await signBody(seed, body);
  const { state } = await device.transport.call("orderFreeze", { body: { statements: [half, mine] } });
  const after = await openState(device, state);
  // Why by the order that it names: what was signed before this one says of a thaw what its answer says, and the keyholder's time may stand still.
  if (after.order !== body.challenge)
    throw new RefusedError("order-invalid", "The keyholder's answer is not what was ordered.", {
      next: "Look at its state: afterkeep operator status",
    });
  return infoOf(after);
}

async function bodyForNow(device: Device, half: string): Promise<Order> {
  const state = await readState(device);
  const body = readHalf(half);
  const isForNow =
    body.aud === state.aud && body.mode === state.mode && body.epoch === state.epoch && body.freeze === state.freeze;
  if (!isForNow)
    throw new RefusedError("order-invalid", "This order is for another keyholder, or for another state of it.", {
      next: "Both operators must sign anew.",
    });
  return body;
}

/** Why unverified: the keyholder knows its operators, this device does not. What the half says is shown to its reader, who signs it again. */
function readHalf(half: string): Order {
  try {
    return freezeBody.parse(readStatement("freeze", half).payload);
  } catch (error) {
    throw new RefusedError("order-invalid", "This is not an order of an operator.", { cause: error });
  }
}

async function signBody(seed: Uint8Array, body: Order): Promise<string> {
  const key = signingKeyFromSeed(seed);
  const signer = { publicKey: key.publicKey, sign: (message: Uint8Array) => sign(message, key) };
  return (await signedStatement("freeze", body, signer)).jws;
}

async function readState(device: Device): Promise<State> {
  return openState(device, (await device.transport.call("getFreeze", {})).state);
}

async function openState(device: Device, jws: string): Promise<State> {
  const pinned = await pinnedKeyholder(device);
  try {
    return verifyFreezeState(jws, keyholderKey(pinned), { mode: pinned.mode }).body;
  } catch (error) {
    if (!(error instanceof StatementError)) throw error;
    throw new RefusedError(
      "keyholder-changed",
      "The server's answer is no right word of the keyholder this device knows, so nothing was signed.",
      { next: "Try again. If it stays, ask whoever runs the server.", cause: error },
    );
  }
}

function infoOf({ left, until, more, again }: State): FreezeInfo {
  return { isFrozen: left > 0, untilMs: left > 0 ? until : null, leftMs: left, more, againMs: again };
}
