/*
 * Pure functions whose answers are kept in most simulated runs, because a keyholder that starts anew reads its whole chain again and a
 * simulated one starts thousands of times. Refusals are not kept. Many get the same answer, so whoever changed one would be told at once: it is frozen.
 */

const kept = 32_768;

/** What was found lately, and what was found before that: the older half is forgotten at once, and what is still asked for moves over. */
class Recent<Answer> {
  #young = new Map<string, Answer>();
  #old = new Map<string, Answer>();

  get(key: string): Answer | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: string, answer: Answer): void {
    if (this.#young.size >= kept) [this.#old, this.#young] = [this.#young, new Map<string, Answer>()];
    this.#young.set(key, answer);
  }
}

/** @param keyOf what the answer depends on */
export function remember<Given extends readonly unknown[], Answer>(
  compute: (...given: Given) => Answer,
  keyOf: (...given: Given) => string,
): (...given: Given) => Answer {
  const known = new Recent<Answer>();
  return (...given) => {
    const key = keyOf(...given);
    const before = known.get(key);
    if (before !== undefined) return before;
    const answer = frozen(compute(...given));
    known.set(key, answer);
    return answer;
  };
}

/**
 * As `remember`, found by a short key and then compared as a whole. Why: a key as long as the texts that it stands for costs as much as half of what is
 * to be saved.
 */
export function rememberText<Given extends readonly unknown[], Answer>(
  compute: (...given: Given) => Answer,
  keyOf: (...given: Given) => string,
): (...given: Given) => Answer {
  const known = new Recent<{ readonly given: Given; readonly answer: Answer }>();
  return (...given) => {
    const key = keyOf(...given);
    const before = known.get(key);
    if (before?.given.every((one, i) => one === given[i])) return before.answer;
    const answer = frozen(compute(...given));
    known.set(key, { given, answer });
    return answer;
  };
}

/** As `remember`, for what follows from an object that is never changed: kept as long as that object. */
export function rememberBeside<Beside extends object, Given extends readonly unknown[], Answer>(
  compute: (beside: Beside | null, ...given: Given) => Answer,
  keyOf: (...given: Given) => string,
): (beside: Beside | null, ...given: Given) => Answer {
  const beginnings = remember((...given: Given) => compute(null, ...given), keyOf);
  const known = new WeakMap<Beside, Map<string, Answer>>();
  return (beside, ...given) => {
    if (beside === null) return beginnings(...given);
    const answers = known.get(beside) ?? new Map<string, Answer>();
    known.set(beside, answers);
    const key = keyOf(...given);
    const answer = answers.get(key) ?? frozen(compute(beside, ...given));
    answers.set(key, answer);
    return answer;
  };
}

/** Data to its ends. Why not bytes: the engine cannot freeze them. */
function frozen<Answer>(answer: Answer): Answer {
  if (typeof answer !== "object" || answer === null || ArrayBuffer.isView(answer) || Object.isFrozen(answer))
    return answer;
  const isCollection = answer instanceof Map || answer instanceof Set;
  for (const part of isCollection ? answer.values() : Object.values(answer)) frozen(part);
  // Why also these: a frozen map can be written to like any other.
  if (isCollection) for (const name of ["set", "add", "delete", "clear"]) Object.defineProperty(answer, name, refusing);
  return Object.freeze(answer);
}

const refusing = {
  value: () => {
    throw new TypeError("this was given to many and is not to be changed");
  },
};

/** As `remember`, for what follows from a name and an object that is never changed. */
export function rememberOf<Of, Answer>(compute: (name: string, of: Of) => Answer): (name: string, of: Of) => Answer {
  const known = new WeakMap<object, Map<string, Answer>>();
  return (name, of) => {
    if (typeof of !== "object" || of === null) return compute(name, of);
    const answers = known.get(of) ?? new Map<string, Answer>();
    known.set(of, answers);
    const answer = answers.get(name) ?? frozen(compute(name, of));
    answers.set(name, answer);
    return answer;
  };
}

/** A check of an object that is never changed against some bytes: once passed, it is not made again with the same ones. */
export function rememberPassed<Of extends object>(
  check: (of: Of, bytes: Uint8Array) => void,
): (of: Of, bytes: Uint8Array) => void {
  const passed = new WeakMap<Of, Uint8Array>();
  return (of, bytes) => {
    const before = passed.get(of);
    if (before?.length === bytes.length && before.every((byte, i) => byte === bytes[i])) return;
    check(of, bytes);
    passed.set(of, bytes.slice());
  };
}
