import type { ReactNode } from "react";
import { Icon } from "./icon.tsx";

type Kind = "calm" | "good" | "attention" | "problem";
const icons = { calm: "info", good: "check", attention: "attention", problem: "attention" } as const;

/** `announce`: read out when it appears. Problems always are. */
export function Notice(props: { kind?: Kind; title?: string; children?: ReactNode; announce?: boolean }) {
  const { kind = "calm", title, children, announce = false } = props;
  const role = kind === "problem" ? "alert" : announce ? "status" : undefined;
  return (
    <div className="notice" data-kind={kind} role={role}>
      <Icon name={icons[kind]} />
      <div className="stack stack-tight">
        {title === undefined ? null : <strong>{title}</strong>}
        {children}
      </div>
    </div>
  );
}
