export type Equivalent = {
  readonly file: string;
  /** As the run prints it. */
  readonly place: string;
  /** Why nothing that anybody could see changes by it. */
  readonly reason: string;
};

/** Changes of the source that are none of what it does. Counted apart, never to hide a test that is missing. */
export const equivalents: readonly Equivalent[] = [
  {
    file: "common/switch/src/ladder.ts",
    place: "(until === null || atAttended «<= → <» until) &&",
    reason:
      "An outage is written in reminding and grace alone, and `until` is a call of the last call that follows them.",
  },
  {
    file: "common/switch/src/loosening.ts",
    place: "after[field] «>= → >» before[field];",
    reason: "A rule is asked only about a field whose old and new value differ.",
  },
  {
    file: "common/switch/src/ladder.ts",
    place:
      "«lastCallBegan === null → false» ? null : firstOf(lastCallBegan, acceptedCall(history, lastCallBegan), ...otherwise);",
    reason:
      "Where no last call began, nobody asks when one was accepted or is due: the state is asked first, and what is left assumes that all happened.",
  },
  {
    file: "server/keyholder/src/decide/settle.ts",
    place:
      'if («history.lastSign === null → false») throw new InvariantError("sign-lost", "Something went wrong on our side.");',
    reason: "A switch without a sign throws before it says that anything is to be decided.",
  },
];
