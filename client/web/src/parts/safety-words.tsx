/** Eight words that both sides compute from the same key: equal words, equal key. */
export function SafetyWords({ words }: { words: readonly string[] }) {
  return (
    <ol className="words" aria-label="Safety words">
      {words.map((word, index) => (
        <li key={`${index}-${word}`}>
          <span aria-hidden="true">{index + 1}</span>
          {word}
        </li>
      ))}
    </ol>
  );
}
