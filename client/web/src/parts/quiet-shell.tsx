import type { ReactNode } from "react";
import { Brand } from "./brand.tsx";
import { DemoBanner } from "./demo-banner.tsx";

/** For people who are not signed in: one column and nothing to get lost in. */
export function QuietShell({
  children,
  roomy = false,
  aside,
}: {
  children: ReactNode;
  roomy?: boolean;
  aside?: ReactNode;
}) {
  return (
    <div className="quiet-shell">
      <a className="unseen skip" href="#main">
        Skip to the page
      </a>
      <DemoBanner />
      <header>
        <Brand />
        {aside}
      </header>
      <main id="main" tabIndex={-1} className={roomy ? "roomy" : undefined}>
        {children}
      </main>
      <footer>Sealed and opened on your own device. Whoever runs this server cannot read what is kept here.</footer>
    </div>
  );
}
