import type { AccountView } from "@afterkeep/statements";

/** What was verified in this page or process, and the last statement that it was verified to. */
export type KnownChain = {
  readonly view: AccountView;
  readonly count: number;
  readonly last: string;
  /** As the server gave them last. */ readonly revocations: readonly string[];
};
