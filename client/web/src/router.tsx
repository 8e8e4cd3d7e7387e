import { createRootRoute, createRoute, createRouter, Outlet } from "@tanstack/react-router";
import { ActivityPage } from "./pages/activity/activity-page.tsx";
import { ArmPage } from "./pages/bequests/arm-page.tsx";
import { BequestPage } from "./pages/bequests/bequest-page.tsx";
import { BequestsPage } from "./pages/bequests/bequests-page.tsx";
import { EditBequestPage } from "./pages/bequests/edit-bequest-page.tsx";
import { NewBequestPage } from "./pages/bequests/new-bequest-page.tsx";
import { LinkCheckInPage } from "./pages/check-in/link-check-in-page.tsx";
import { DocumentPage } from "./pages/documents/document-page.tsx";
import { DocumentsPage } from "./pages/documents/documents-page.tsx";
import { ImportPage } from "./pages/import/import-page.tsx";
import { HomePage } from "./pages/home/home-page.tsx";
import { OwnerShell } from "./pages/owner-shell.tsx";
import { PeoplePage } from "./pages/people/people-page.tsx";
import { InvitationPage } from "./pages/recipient/invitation-page.tsx";
import { OpenPage } from "./pages/recipient/open-page.tsx";
import { SettingsPage } from "./pages/settings/settings-page.tsx";
import { SignInPage } from "./pages/sign-in/sign-in-page.tsx";
import { SignUpPage } from "./pages/sign-up/sign-up-page.tsx";
import { VerifyPage } from "./pages/verify-page.tsx";
import { WelcomePage } from "./pages/welcome/welcome-page.tsx";
import { FaultPage, NotFoundPage } from "./pages/wrong-way-pages.tsx";

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFoundPage, errorComponent: FaultPage });
const owner = createRoute({ getParentRoute: () => root, id: "owner", component: OwnerShell });

const document = createRoute({
  getParentRoute: () => owner,
  path: "/documents/$doc",
  component: function Document() {
    return <DocumentPage doc={document.useParams().doc} />;
  },
});
const bequest = createRoute({
  getParentRoute: () => owner,
  path: "/bequests/$b",
  component: function Bequest() {
    return <BequestPage b={bequest.useParams().b} />;
  },
});
const editBequest = createRoute({
  getParentRoute: () => owner,
  path: "/bequests/$b/edit",
  component: function Edit() {
    return <EditBequestPage b={editBequest.useParams().b} />;
  },
});
const armBequest = createRoute({
  getParentRoute: () => owner,
  path: "/bequests/$b/arm",
  component: function Arm() {
    return <ArmPage b={armBequest.useParams().b} />;
  },
});

const ownerPages = owner.addChildren([
  createRoute({ getParentRoute: () => owner, path: "/home", component: HomePage }),
  createRoute({ getParentRoute: () => owner, path: "/documents", component: DocumentsPage }),
  createRoute({ getParentRoute: () => owner, path: "/documents/import", component: ImportPage }),
  document,
  createRoute({ getParentRoute: () => owner, path: "/people", component: PeoplePage }),
  createRoute({ getParentRoute: () => owner, path: "/bequests", component: BequestsPage }),
  createRoute({ getParentRoute: () => owner, path: "/bequests/new", component: NewBequestPage }),
  bequest,
  editBequest,
  armBequest,
  createRoute({ getParentRoute: () => owner, path: "/activity", component: ActivityPage }),
  createRoute({ getParentRoute: () => owner, path: "/settings", component: SettingsPage }),
]);

const tree = root.addChildren([
  createRoute({ getParentRoute: () => root, path: "/", component: WelcomePage }),
  createRoute({ getParentRoute: () => root, path: "/sign-up", component: SignUpPage }),
  createRoute({ getParentRoute: () => root, path: "/sign-in", component: SignInPage }),
  createRoute({ getParentRoute: () => root, path: "/verify", component: VerifyPage }),
  createRoute({ getParentRoute: () => root, path: "/checkin", component: LinkCheckInPage }),
  createRoute({ getParentRoute: () => root, path: "/invite", component: InvitationPage }),
  createRoute({ getParentRoute: () => root, path: "/open", component: OpenPage }),
  ownerPages,
]);

export const router = createRouter({ routeTree: tree, defaultPreload: false, scrollRestoration: false });

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
