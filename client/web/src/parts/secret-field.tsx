import { useId, useState } from "react";
import { Button } from "./button.tsx";

type Props = { label: string; value: string; onChange: (value: string) => void };

/** Somebody's secret of another place: covered while typed, and nothing that a browser should offer to remember. */
export function SecretField({ label, value, onChange }: Props) {
  const id = useId();
  const [shown, setShown] = useState(false);
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <div className="with-button">
        <input
          id={id}
          className="input"
          type={shown ? "text" : "password"}
          autoComplete="new-password"
          spellCheck={false}
          autoCapitalize="none"
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
        <Button
          look="quiet"
          aria-pressed={shown}
          aria-label={`${shown ? "Hide" : "Show"} ${label}`}
          onClick={() => setShown(!shown)}
        >
          {shown ? "Hide" : "Show"}
        </Button>
      </div>
    </div>
  );
}
