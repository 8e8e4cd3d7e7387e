import { useId, type InputHTMLAttributes, type TextareaHTMLAttributes } from "react";

type Common = { label: string; hint?: string | undefined; fault?: string | undefined };

/** The ids of hint and fault, for aria-describedby; undefined where there is neither. */
function describedBy(id: string, { hint, fault }: Common): string | undefined {
  const ids = [hint ? `${id}-hint` : "", fault ? `${id}-fault` : ""].filter((part) => part !== "");
  return ids.length === 0 ? undefined : ids.join(" ");
}

function Hints({ id, hint, fault }: Common & { id: string }) {
  return (
    <>
      {hint ? (
        <p id={`${id}-hint`} className="hint">
          {hint}
        </p>
      ) : null}
      {fault ? (
        <p id={`${id}-fault`} className="fault" role="alert">
          {fault}
        </p>
      ) : null}
    </>
  );
}

export function TextField({
  label,
  hint,
  fault,
  className = "",
  ...input
}: Common & InputHTMLAttributes<HTMLInputElement>) {
  const id = useId();
  const common = { label, hint, fault };
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        {...input}
        id={id}
        className={`input ${className}`}
        aria-invalid={fault ? true : undefined}
        aria-describedby={describedBy(id, common)}
      />
      <Hints id={id} {...common} />
    </div>
  );
}

export function TextArea({ label, hint, fault, ...input }: Common & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  const id = useId();
  const common = { label, hint, fault };
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <textarea
        {...input}
        id={id}
        className="input"
        aria-invalid={fault ? true : undefined}
        aria-describedby={describedBy(id, common)}
      />
      <Hints id={id} {...common} />
    </div>
  );
}
