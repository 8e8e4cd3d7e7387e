import type { Ref } from "react";
import { CoveredText } from "../../parts/covered-text.tsx";

type Props = { field: Ref<HTMLTextAreaElement>; onFilled: (isFilled: boolean) => void };

/** For who leaves for danger sooner than in a week. The words stay in the field, and go when it does. */
export function KitChoice({ field, onFilled }: Props) {
  return (
    <section className="card" aria-labelledby="arm-kit">
      <h2 id="arm-kit">Leaving for somewhere dangerous this week?</h2>
      <p>
        If not, leave this empty. In the first seven days after it is armed nothing of it opens, so that nobody who
        finds your device unlocked can have it opened at once. If you have your recovery kit at hand, type its 24 words:
        then it need not wait for that week, and the times above count from the first day on.
      </p>
      <CoveredText
        label="Recovery kit words, or nothing"
        hint="Row by row as they stand on the page, with or without the numbers. You can also paste the whole page. The words do not leave this device."
        ref={field}
        onFilled={onFilled}
      />
    </section>
  );
}
