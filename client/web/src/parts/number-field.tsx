import { useState } from "react";
import { TextField } from "./field.tsx";

type Props = {
  label: string;
  hint?: string | undefined;
  min: number;
  max: number;
  value: number;
  onChange: (value: number) => void;
};

/** A whole number between two bounds. What is typed stays as typed; only a number within the bounds is passed on. */
export function NumberField({ label, hint, min, max, value, onChange }: Props) {
  const [text, setText] = useState(String(value));
  const [seen, setSeen] = useState(value);
  if (seen !== value) {
    setSeen(value);
    setText(String(value));
  }
  const typed = /^[0-9]+$/.test(text) ? Number(text) : Number.NaN;
  const valid = typed >= min && typed <= max;
  return (
    <TextField
      label={label}
      hint={hint}
      fault={valid ? undefined : `Please give a whole number from ${min} to ${max}.`}
      className="input-number"
      type="number"
      inputMode="numeric"
      min={min}
      max={max}
      step={1}
      required
      value={text}
      onChange={(event) => {
        const next = event.target.value;
        setText(next);
        const number = Number(next);
        if (/^[0-9]+$/.test(next) && number >= min && number <= max) {
          setSeen(number);
          onChange(number);
        }
      }}
    />
  );
}
