import { useMutation } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { Button } from "../../parts/button.tsx";
import { CodeField, isCode } from "../../parts/code-field.tsx";
import { TextField } from "../../parts/field.tsx";
import { PassphraseField } from "../../parts/passphrase-field.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { afterkeep } from "../../session/afterkeep.ts";
import { useEnter } from "../../session/use-session.ts";

/** `knownEmail`: this browser remembers who is asked; only the passphrase and the code are missing. */
export function CredentialsForm({
  knownEmail,
  label,
  onDone,
}: {
  knownEmail?: string;
  label: string;
  onDone?: () => void;
}) {
  const [email, setEmail] = useState(knownEmail ?? "");
  const [passphrase, setPassphrase] = useState("");
  const [code, setCode] = useState("");
  const enter = useEnter();
  const ready = email !== "" && passphrase !== "" && isCode(code);
  const signIn = useMutation({
    mutationFn: async () => {
      await afterkeep.signIn({ email: email.trim(), passphrase, totpCode: () => code });
      await enter();
    },
    onSuccess: () => onDone?.(),
    // Why: a code works once, so after any failure the next one is needed.
    onError: () => setCode(""),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (ready && !signIn.isPending) signIn.mutate();
  };
  return (
    <form className="stack" onSubmit={submit}>
      {knownEmail === undefined ? (
        <TextField
          label="E-mail address"
          name="email"
          type="email"
          autoComplete="username"
          required
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
      ) : (
        <input type="email" name="email" autoComplete="username" value={email} readOnly hidden />
      )}
      <PassphraseField value={passphrase} onChange={setPassphrase} />
      <CodeField value={code} onChange={setCode} hint="From your authenticator app." />
      <ProblemNotice error={signIn.error} />
      <Button type="submit" wide disabled={!ready} busy={signIn.isPending} busyLabel="Opening…">
        {label}
      </Button>
    </form>
  );
}
