import { type Ref, useId, useState } from "react";
import { Button } from "./button.tsx";

type Props = { label: string; hint: string; ref: Ref<HTMLTextAreaElement>; onFilled: (isFilled: boolean) => void };

/** What password managers and writing aids look for on what they must leave alone. */
const leftAlone = {
  "data-1p-ignore": "true",
  "data-bwignore": "true",
  "data-lpignore": "true",
  "data-protonpass-ignore": "true",
  "data-form-type": "other",
  "data-gramm": "false",
  autoCorrect: "off",
  writingsuggestions: "false",
};

/**
 * Several lines that are covered while they are typed, and can be shown. Why no field of a passphrase: browsers offer to keep those, with an
 * account at a company, and they have one line. What is typed stays in the field alone and goes with it.
 */
export function CoveredText({ label, hint, ref, onFilled }: Props) {
  const id = useId();
  const [shown, setShown] = useState(false);
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <textarea
        {...leftAlone}
        id={id}
        ref={ref}
        className={`input ${shown ? "" : "covered"}`}
        rows={6}
        autoComplete="off"
        spellCheck={false}
        autoCapitalize="none"
        translate="no"
        aria-describedby={`${id}-hint`}
        onChange={(event) => onFilled(event.target.value.trim() !== "")}
      />
      <p id={`${id}-hint`} className="hint">
        {hint}
      </p>
      <div className="row">
        <Button look="quiet" aria-pressed={shown} aria-controls={id} onClick={() => setShown(!shown)}>
          {shown ? "Hide the words" : "Show the words"}
        </Button>
      </div>
    </div>
  );
}
