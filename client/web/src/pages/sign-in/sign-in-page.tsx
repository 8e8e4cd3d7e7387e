import { Link, useNavigate } from "@tanstack/react-router";
import { Page } from "../../parts/page.tsx";
import { QuietShell } from "../../parts/quiet-shell.tsx";
import { CredentialsForm } from "./credentials-form.tsx";

export function SignInPage() {
  const navigate = useNavigate();
  return (
    <QuietShell>
      <Page title="Sign in" lead="Your passphrase is checked without ever leaving this device.">
        <CredentialsForm label="Sign in" onDone={() => void navigate({ to: "/home" })} />
        <p className="soft">
          No vault yet? <Link to="/sign-up">Set one up</Link>
        </p>
      </Page>
    </QuietShell>
  );
}
