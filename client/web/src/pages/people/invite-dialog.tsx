import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { TextField } from "../../parts/field.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { afterkeep } from "../../session/afterkeep.ts";
import { recipientsQuery } from "../../session/queries.ts";

export function InviteDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const client = useQueryClient();
  const invite = useMutation({
    mutationFn: () => afterkeep.inviteRecipient({ name: name.trim(), email: email.trim() }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: recipientsQuery.queryKey });
      setName("");
      setEmail("");
      onClose();
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!invite.isPending) invite.mutate();
  };
  return (
    <Dialog title="Invite somebody" open={open} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <p className="soft">
          They get a mail with your name and a link. It says nothing about what you keep here or leave to them.
        </p>
        <TextField
          label="Their name"
          hint="Only you see how you call them."
          required
          maxLength={120}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <TextField
          label="Their e-mail address"
          type="email"
          required
          maxLength={254}
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
        <ProblemNotice error={invite.error} />
        <div className="row row-end row-actions">
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" busy={invite.isPending} busyLabel="Sending…">
            Send the invitation
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
