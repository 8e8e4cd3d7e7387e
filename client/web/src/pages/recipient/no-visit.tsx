import { useMutation } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { Button } from "../../parts/button.tsx";
import { TextField } from "../../parts/field.tsx";
import { Notice } from "../../parts/notice.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { afterkeep } from "../../session/afterkeep.ts";

/** Says the same whether or not the address is known: that is nobody's business. */
export function NoVisit({ error }: { error: unknown }) {
  const [email, setEmail] = useState("");
  const send = useMutation({ mutationFn: () => afterkeep.sendLink(email.trim()) });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!send.isPending) send.mutate();
  };
  return (
    <div className="stack">
      <ProblemNotice error={error} />
      <p>
        This page opens by the link in your e-mail. If you no longer have it, or if it does not work any more, have a
        new one sent to the address at which you were invited.
      </p>
      {send.isSuccess ? (
        <Notice kind="good" title="Please look into your mailbox" announce>
          <p>If this address is known here, a new link is on its way to it.</p>
        </Notice>
      ) : (
        <form className="stack" onSubmit={submit}>
          <TextField
            label="Your e-mail address"
            type="email"
            autoComplete="email"
            required
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
          <ProblemNotice error={send.error} />
          <Button type="submit" wide busy={send.isPending}>
            Send me a new link
          </Button>
        </form>
      )}
    </div>
  );
}
