import { TextField } from "./field.tsx";

type Props = {
  value: string;
  onChange: (code: string) => void;
  fault?: string | undefined;
  hint?: string;
  autoFocus?: boolean;
};

/** The six digits of an authenticator app; spaces that some apps copy along are dropped. */
export function CodeField({ value, onChange, fault, hint, autoFocus }: Props) {
  return (
    <TextField
      label="Six-digit code"
      name="code"
      hint={hint}
      fault={fault}
      className="input-code"
      inputMode="numeric"
      autoComplete="one-time-code"
      required
      autoFocus={autoFocus}
      maxLength={7}
      value={value}
      onChange={(event) => onChange(event.target.value.replaceAll(/\D/g, "").slice(0, 6))}
    />
  );
}

export function isCode(value: string): boolean {
  return /^[0-9]{6}$/.test(value);
}
