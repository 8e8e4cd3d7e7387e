import type { StatementBody } from "@afterkeep/statements";
import { deriveSwitch, frozenSwitch, isFrozen, isStill } from "@afterkeep/switch";
import { frozenBy } from "../freeze/frozen-by.ts";
import { speak } from "../keys/speak.ts";
import type { KeyholderParts } from "../parts.ts";
import { nextCounter } from "../store/accounts.ts";
import type { HeardBequest, Listed } from "../store/bequests.ts";
import { readEpoch } from "../store/epoch.ts";
import { readFreeze } from "../store/freeze.ts";
import { getNewestManifest } from "../store/manifests.ts";
import { addReceipt } from "../store/statements.ts";
import { pendingLoosening } from "../switches/pending-loosening.ts";
import { pendingRequestsOf } from "../switches/pending-requests.ts";
import type { Moment } from "../time/attended-time.ts";

type Receipt = StatementBody<"receipt">;

/** What a receipt answers. `challenge` is what makes the statement unrepeatable: its challenge, or a mail link's hash. */
export type Accepted = {
  readonly account: string;
  readonly statement: string;
  readonly nonce: string;
  readonly challenge: string;
  readonly head: Receipt["head"];
  /** What a weak sign's receipt says beside; absent for every other. */
  readonly weak?: Receipt["weak"];
};

/**
 * Signs and stores the answer to an accepted statement. Call inside its commit: the receipt is true once that is on disk.
 * @param listed all of the account's, as they are now
 */
export function writeReceipt(
  parts: KeyholderParts,
  accepted: Accepted,
  listed: Listed<HeardBequest>,
  moment: Moment,
): string {
  const { account, statement, nonce, challenge, head, weak } = accepted;
  const { rows, read, unread } = readRows(parts, listed, moment);
  const counter = nextCounter(parts.store, account);
  const jws = speak(parts.keys, "receipt", {
    account,
    statement,
    nonce,
    epoch: readEpoch(parts.store),
    counter,
    head,
    mode: parts.settings.mode,
    probe: parts.probeKind,
    at: moment.wallMs,
    rows,
    pending: {
      requests: pendingRequestsOf(read, moment),
      loosenings: read.flatMap((bequest) =>
        pendingLoosening(bequest, moment.attendedMs).map((one) => ({ ...one, b: bequest.b })),
      ),
    },
    nextKey: parts.keys.nextKey,
    ...(weak === undefined ? {} : { weak }),
    ...(unread.length === 0 ? {} : { unheard: [...unread] }),
    ...freezeIn(parts, moment),
  });
  addReceipt(parts.store, { statement, account, challenge, counter, jws });
  return jws;
}

/** Why a row that cannot be made is as good as a record that cannot be read: it must not keep the owner's sign from all their others. */
function readRows(parts: KeyholderParts, listed: Listed<HeardBequest>, moment: Moment) {
  const rows: Receipt["rows"] = [];
  const read: HeardBequest[] = [];
  const unread = [...listed.unread];
  for (const bequest of listed.read) {
    try {
      rows.push(receiptRow(parts, bequest, moment));
      read.push(bequest);
    } catch (error) {
      parts.onError(error);
      unread.push(bequest.b);
    }
  }
  return { rows, read, unread };
}

function freezeIn({ store }: KeyholderParts, { wallMs }: Moment): Pick<Receipt, "freeze"> {
  const freeze = readFreeze(store);
  return isFrozen(freeze) ? { freeze: { freeze: freeze.id, until: wallMs + freeze.leftMs } } : {};
}

function receiptRow(
  parts: KeyholderParts,
  bequest: HeardBequest,
  { attendedMs, wallMs }: Moment,
): Receipt["rows"][number] {
  const { store } = parts;
  const { account, b, policy, history } = bequest;
  const frozen = frozenBy(parts);
  const running = deriveSwitch(policy, history, attendedMs);
  const { state, used, left, leftByRequest } = frozen === null ? running : frozenSwitch(running, frozen);
  return {
    b,
    g: policy.g,
    policyHash: policy.id,
    manifestHash: getNewestManifest(store, account, b, policy.g).hash,
    state,
    used,
    left,
    earliest: {
      silence: isStill(state) ? 0 : wallMs + left,
      request: leftByRequest === null ? 0 : wallMs + leftByRequest,
    },
  };
}
