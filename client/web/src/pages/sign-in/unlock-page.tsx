import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Page } from "../../parts/page.tsx";
import { QuietShell } from "../../parts/quiet-shell.tsx";
import { rememberedQuery } from "../../session/queries.ts";
import { CredentialsForm } from "./credentials-form.tsx";

/** Shown in place of an owner's page; after unlocking the page itself appears, at the same address. */
export function UnlockPage() {
  const { data: remembered } = useQuery(rememberedQuery);
  if (!remembered) {
    return (
      <QuietShell>
        <Page title="Sign in to go on" lead="This page belongs to a vault. Sign in to see it.">
          <CredentialsForm label="Sign in" />
          <p className="soft">
            No vault yet? <Link to="/sign-up">Set one up</Link>
          </p>
        </Page>
      </QuietShell>
    );
  }
  return (
    <QuietShell>
      <Page
        title="Your vault is locked"
        lead={`It locks when this page is closed, reloaded, or left alone for half an hour. Unlock it as ${remembered.email}.`}
      >
        <CredentialsForm knownEmail={remembered.email} label="Unlock" />
      </Page>
    </QuietShell>
  );
}
