import { judgePassphrase, type PendingSignUp } from "@afterkeep/sdk";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { askToKeep } from "../../device/keep.ts";
import { Button } from "../../parts/button.tsx";
import { TextField } from "../../parts/field.tsx";
import { Page } from "../../parts/page.tsx";
import { PassphraseField } from "../../parts/passphrase-field.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { afterkeep } from "../../session/afterkeep.ts";

export function AboutYouStep({ onBegun }: { onBegun: (email: string, pending: PendingSignUp) => void }) {
  const [displayName, setDisplayName] = useState("");
  const [email, setEmail] = useState("");
  const [passphrase, setPassphrase] = useState("");
  const [again, setAgain] = useState("");
  const hints = [displayName, email];
  const differs = again !== "" && again !== passphrase;
  const ready = judgePassphrase(passphrase, hints).ok && again === passphrase;
  const begin = useMutation({
    mutationFn: async () => {
      await askToKeep();
      return afterkeep.beginSignUp({ email: email.trim(), displayName: displayName.trim(), passphrase });
    },
    onSuccess: (pending) => onBegun(email.trim(), pending),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (ready && !begin.isPending) begin.mutate();
  };
  return (
    <Page
      title="Set up your vault"
      lead="It takes about five minutes. Have your phone with an authenticator app at hand."
    >
      <form className="stack" onSubmit={submit}>
        <TextField
          label="Your name"
          hint="The people you leave something to will see this name."
          name="name"
          autoComplete="name"
          required
          maxLength={120}
          value={displayName}
          onChange={(event) => setDisplayName(event.target.value)}
        />
        <TextField
          label="E-mail address"
          hint="Reminders and the last call go here. Choose one that you read."
          name="email"
          type="email"
          autoComplete="username"
          required
          maxLength={254}
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
        <PassphraseField fresh value={passphrase} onChange={setPassphrase} hints={hints} />
        <PassphraseField label="Passphrase, once more" value={again} onChange={setAgain} />
        {differs ? <p className="soft small">The two are not the same yet.</p> : null}
        <p className="soft small">
          Your passphrase never leaves this device, so nobody can send it to you again. Keep it well: this version
          cannot sign you in without it. You also get a recovery kit, in the last step. It cannot sign you in yet. It is
          of use if you leave for somewhere dangerous: with it, what you arm for the first time need not wait for a
          week.
        </p>
        <ProblemNotice error={begin.error} />
        <Button type="submit" wide disabled={!ready} busy={begin.isPending} busyLabel="Making your keys…">
          Continue
        </Button>
        <p className="soft">
          Already have a vault? <Link to="/sign-in">Sign in</Link>
        </p>
      </form>
    </Page>
  );
}
