import { judgePassphrase } from "@afterkeep/sdk";
import { useId, useState } from "react";
import { Button } from "./button.tsx";

type Props = {
  label?: string;
  value: string;
  onChange: (value: string) => void;
  /** A new passphrase is judged as it is typed; an existing one is not. */
  fresh?: boolean;
  /** Words it must not lean on: the person's name and address. */
  hints?: string[];
  autoFocus?: boolean;
};

function levelOf(ok: boolean, bits: number): "weak" | "fair" | "strong" {
  if (!ok) return "weak";
  return bits < 70 ? "fair" : "strong";
}

const levelWords = { weak: "Too easy to guess", fair: "Good", strong: "Strong" };

function Strength({ value, hints, id }: { value: string; hints: string[]; id: string }) {
  const judgement = judgePassphrase(value, hints);
  const level = levelOf(judgement.ok, judgement.bits);
  return (
    <div id={id} className="stack stack-tight" aria-live="polite">
      {value === "" ? (
        <p className="hint">
          At least 12 characters. Four or five unrelated words are easy to remember and hard to guess.
        </p>
      ) : (
        <>
          <progress
            className="meter"
            data-level={level}
            max={100}
            value={Math.min(100, judgement.bits)}
            aria-hidden="true"
          />
          <p className="hint">{judgement.ok || judgement.message === "" ? levelWords[level] : judgement.message}</p>
        </>
      )}
    </div>
  );
}

export function PassphraseField(props: Props) {
  const { label = "Passphrase", value, onChange, fresh = false, hints = [], autoFocus } = props;
  const id = useId();
  const [shown, setShown] = useState(false);
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <div className="with-button">
        <input
          id={id}
          name={fresh ? "new-passphrase" : "passphrase"}
          className="input"
          type={shown ? "text" : "password"}
          autoComplete={fresh ? "new-password" : "current-password"}
          required
          autoFocus={autoFocus}
          spellCheck={false}
          autoCapitalize="none"
          aria-describedby={fresh ? `${id}-strength` : undefined}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
        <Button look="quiet" aria-pressed={shown} onClick={() => setShown(!shown)}>
          {shown ? "Hide" : "Show"}
        </Button>
      </div>
      {fresh ? <Strength id={`${id}-strength`} value={value} hints={hints} /> : null}
    </div>
  );
}
