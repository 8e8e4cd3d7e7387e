import { Link, type ErrorComponentProps } from "@tanstack/react-router";
import { Page } from "../parts/page.tsx";
import { ProblemNotice } from "../parts/problem-notice.tsx";
import { QuietShell } from "../parts/quiet-shell.tsx";

export function NotFoundPage() {
  return (
    <QuietShell>
      <Page title="There is nothing at this address" lead="Perhaps a link was cut off on its way. Nothing is lost.">
        <Link to="/" className="button">
          Go to the beginning
        </Link>
      </Page>
    </QuietShell>
  );
}

export function FaultPage({ error }: ErrorComponentProps) {
  return (
    <QuietShell>
      <Page title="This page could not be shown">
        <ProblemNotice error={error} />
        <a href="/" className="button">
          Go to the beginning
        </a>
      </Page>
    </QuietShell>
  );
}
