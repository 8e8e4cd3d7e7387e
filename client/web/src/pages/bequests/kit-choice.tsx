import { SecretField } from "../../parts/secret-field.tsx";

/** For who leaves for danger sooner than in a week. The words stay on this page, and go when it does. */
export function KitChoice({ words, onChange }: { words: string; onChange: (words: string) => void }) {
  return (
    <section className="card" aria-labelledby="arm-kit">
      <h2 id="arm-kit">Leaving tomorrow?</h2>
      <p>
        In the first seven days after it is armed nothing of it can be released, whatever the times above. So nobody who
        finds your device unlocked can have it opened at once. Type the 24 words of your recovery kit, and the seven
        days become one: after that only the times above count.
      </p>
      <SecretField label="Recovery kit words, or nothing" value={words} onChange={onChange} />
    </section>
  );
}
