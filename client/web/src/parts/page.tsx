import { useEffect, useRef, type ReactNode } from "react";

type Props = { title: string; lead?: ReactNode; action?: ReactNode; children: ReactNode };

/** A page takes the focus when it opens, so that a screen reader begins at its title. */
export function Page({ title, lead, action, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Afterkeep`;
  }, [title]);
  useEffect(() => {
    if (document.activeElement === document.body) heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <div className="page">
      <div className="page-header">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {lead === undefined ? null : <div className="lead">{lead}</div>}
        {action === undefined ? null : <div className="page-action">{action}</div>}
      </div>
      {children}
    </div>
  );
}
