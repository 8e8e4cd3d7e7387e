import type { PendingSignUp, RecoveryKitPage } from "@afterkeep/sdk";
import { useState } from "react";
import { QuietShell } from "../../parts/quiet-shell.tsx";
import { AboutYouStep } from "./about-you-step.tsx";
import { AuthenticatorStep } from "./authenticator-step.tsx";
import { KitStep } from "./kit-step.tsx";

type Stage =
  { step: 1 } | { step: 2; email: string; pending: PendingSignUp } | { step: 3; email: string; kit: RecoveryKitPage };

const names = ["About you", "Authenticator", "Recovery kit"];

/** Three steps that cannot be skipped: without the second factor there is no account, and the kit is shown only once. */
export function SignUpPage() {
  const [stage, setStage] = useState<Stage>({ step: 1 });
  return (
    <QuietShell>
      <ol className="steps no-print" aria-label="Steps">
        {names.map((name, index) => (
          <li key={name} aria-current={stage.step === index + 1 ? "step" : undefined}>
            {name}
          </li>
        ))}
      </ol>
      {stage.step === 1 ? (
        <AboutYouStep onBegun={(email, pending) => setStage({ step: 2, email, pending })} />
      ) : stage.step === 2 ? (
        <AuthenticatorStep pending={stage.pending} onDone={(kit) => setStage({ step: 3, email: stage.email, kit })} />
      ) : (
        <KitStep kit={stage.kit} email={stage.email} />
      )}
    </QuietShell>
  );
}
