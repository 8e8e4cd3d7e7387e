import type { KeyholderParts } from "../parts.ts";
import { type Bequest, eachBequest, type Listed } from "../store/bequests.ts";

/** All of an account's that can be read, to be shown; the errors of the others are told, and keep nothing waiting. */
export function readBequests({ store, onError }: KeyholderParts, account: string): Listed<Bequest> {
  return eachBequest(store, account, (bequest) => bequest, onError);
}
