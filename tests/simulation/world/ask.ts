import type { Keyholder } from "@afterkeep/keyholder";

export type Handlers = Keyholder["handlers"];

/** No answer. `mayHaveCounted` is false where the call certainly never arrived. */
export class Unavailable extends Error {
  readonly mayHaveCounted: boolean;
  override readonly name = "Unavailable";

  constructor(message: string, mayHaveCounted: boolean) {
    super(message);
    this.mayHaveCounted = mayHaveCounted;
  }
}
