import type { PendingSignUp, RecoveryKitPage } from "@afterkeep/sdk";
import { useMutation } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { Button } from "../../parts/button.tsx";
import { CodeField, isCode } from "../../parts/code-field.tsx";
import { Page } from "../../parts/page.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { QrCode } from "../../parts/qr-code.tsx";

function inGroups(secret: string): string {
  return secret.replaceAll(/(.{4})(?=.)/g, "$1 ");
}

export function AuthenticatorStep({
  pending,
  onDone,
}: {
  pending: PendingSignUp;
  onDone: (kit: RecoveryKitPage) => void;
}) {
  const [code, setCode] = useState("");
  const finish = useMutation({
    mutationFn: () => pending.finish(code),
    onSuccess: ({ kit }) => onDone(kit),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isCode(code) && !finish.isPending) finish.mutate();
  };
  return (
    <Page
      title="Add an authenticator"
      lead="A second proof that it is you. Your phone shows a new six-digit code every 30 seconds."
    >
      <div className="stack">
        <p>Open your authenticator app, choose “add”, and scan this picture:</p>
        <QrCode text={pending.totpUri} label="QR code for your authenticator app" />
        <details>
          <summary>You cannot scan it?</summary>
          <p>
            Type this secret into the app: <code data-testid="totp-secret">{inGroups(pending.totpSecret)}</code>
          </p>
          <p className="small">
            <a href={pending.totpUri}>Or open the app on this device</a>
          </p>
        </details>
      </div>
      <form className="stack" onSubmit={submit}>
        <CodeField value={code} onChange={setCode} hint="The code that the app shows now." />
        <ProblemNotice error={finish.error} />
        <Button type="submit" wide disabled={!isCode(code)} busy={finish.isPending} busyLabel="Making your vault…">
          Continue
        </Button>
      </form>
    </Page>
  );
}
