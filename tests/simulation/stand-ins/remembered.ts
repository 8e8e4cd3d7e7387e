/*
 * Pure functions whose answers are kept in most simulated runs, because a keyholder that starts anew reads its whole chain again and a
 * simulated one starts thousands of times. Refusals are not kept.
 */

const kept = 4_096;

/** @param keyOf what the answer depends on */
export function remember<Given extends readonly unknown[], Answer>(
  compute: (...given: Given) => Answer,
  keyOf: (...given: Given) => string,
): (...given: Given) => Answer {
  const known = new Map<string, Answer>();
  return (...given) => {
    const key = keyOf(...given);
    const before = known.get(key);
    if (before !== undefined) return before;
    const answer = compute(...given);
    if (known.size >= kept) known.clear();
    known.set(key, answer);
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
    const answer = answers.get(key) ?? compute(beside, ...given);
    answers.set(key, answer);
    return answer;
  };
}
