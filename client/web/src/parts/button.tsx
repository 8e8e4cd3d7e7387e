import type { ButtonHTMLAttributes } from "react";

type Props = ButtonHTMLAttributes<HTMLButtonElement> & {
  look?: "first" | "second" | "quiet" | "grave" | "here";
  wide?: boolean;
  /** While true the press is ignored and what is happening is said instead of the label. */
  busy?: boolean | undefined;
  busyLabel?: string;
};

const looks = {
  first: "button",
  second: "button button-second",
  quiet: "button button-quiet",
  grave: "button button-grave",
  here: "button button-here",
};

/** Why aria-disabled and not disabled while busy: a disabled button loses the focus, and with it the keyboard user's place. */
export function Button(props: Props) {
  const { look = "first", wide = false, busy = false, busyLabel, children, onClick, ...rest } = props;
  return (
    <button
      type="button"
      {...rest}
      className={`${looks[look]}${wide ? " button-wide" : ""}`}
      aria-disabled={busy || rest.disabled ? true : undefined}
      onClick={(event) => {
        if (busy) event.preventDefault();
        else onClick?.(event);
      }}
    >
      {busy ? <span className="spinner" aria-hidden="true" /> : null}
      {busy && busyLabel !== undefined ? busyLabel : children}
    </button>
  );
}
