import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useLocation } from "@tanstack/react-router";
import { Brand } from "../parts/brand.tsx";
import { DemoBanner } from "../parts/demo-banner.tsx";
import { Icon, type IconName } from "../parts/icon.tsx";
import { Loading } from "../parts/loading.tsx";
import { OfflineNotice } from "../parts/offline-notice.tsx";
import { QuietShell } from "../parts/quiet-shell.tsx";
import { rememberedQuery } from "../session/queries.ts";
import { useSealing } from "../session/use-sealing.ts";
import { usePresence } from "../session/use-presence.ts";
import { useSession } from "../session/use-session.ts";
import { SealingProgress } from "./documents/sealing-status.tsx";
import { LockedHome } from "./home/locked-home.tsx";
import { UnlockPage } from "./sign-in/unlock-page.tsx";

const places: { to: "/home" | "/documents" | "/people" | "/bequests" | "/settings"; label: string; icon: IconName }[] =
  [
    { to: "/home", label: "Home", icon: "home" },
    { to: "/documents", label: "Documents", icon: "document" },
    { to: "/people", label: "People", icon: "people" },
    { to: "/bequests", label: "Bequests", icon: "bequest" },
    { to: "/settings", label: "Settings", icon: "settings" },
  ];

function Navigation() {
  return (
    <nav className="owner-nav" aria-label="Main">
      <Brand />
      <ul>
        {places.map((place) => (
          <li key={place.to}>
            <Link to={place.to} className="nav-link" activeProps={{ "aria-current": "page" }}>
              <Icon name={place.icon} />
              {place.label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** Everything an owner does happens in here; without the root key it shows how to unlock, and keeps the address. */
export function OwnerShell() {
  const session = useSession();
  const remembered = useQuery(rememberedQuery);
  const { pathname } = useLocation();
  if (session.isPending || remembered.isPending) {
    return (
      <QuietShell>
        <Loading />
      </QuietShell>
    );
  }
  if (!session.data) {
    return pathname === "/home" && remembered.data ? <LockedHome name={remembered.data.displayName} /> : <UnlockPage />;
  }
  return <Unlocked />;
}

/** An upload goes on while its owner looks at something else; the pages of documents say so themselves. */
function SealingElsewhere() {
  const { busy } = useSealing();
  const { pathname } = useLocation();
  if (!busy || pathname.startsWith("/documents")) return null;
  return (
    <section className="card elsewhere" aria-label="Sealing">
      <SealingProgress />
    </section>
  );
}

function Unlocked() {
  usePresence();
  return (
    <>
      <a className="unseen skip" href="#main">
        Skip to the page
      </a>
      <DemoBanner />
      <div className="owner-shell">
        <Navigation />
        <main id="main" tabIndex={-1} className="owner-page">
          <OfflineNotice />
          <SealingElsewhere />
          <Outlet />
        </main>
      </div>
    </>
  );
}
