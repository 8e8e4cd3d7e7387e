import { useState, type FormEvent } from "react";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { TextField } from "../../parts/field.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { useChangeDocuments, type DocumentChange } from "../../session/use-change-documents.ts";
import { cleanName } from "../../words/folder-path.ts";

type Props = {
  title: string;
  name: string;
  changes: (name: string) => readonly DocumentChange[];
  onDone?: (name: string) => void;
  onClose: () => void;
};

export function RenameDialog({ title, name, changes, onDone, onClose }: Props) {
  const [typed, setTyped] = useState(name);
  const next = cleanName(typed);
  const change = useChangeDocuments(() => {
    onDone?.(next);
    onClose();
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (next === name) onClose();
    else if (next !== "" && !change.isPending) change.mutate(changes(next));
  };
  return (
    <Dialog title={title} open onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <TextField
          label="Name"
          required
          autoFocus
          maxLength={200}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        <ProblemNotice error={change.error} />
        <div className="row row-end row-actions">
          <Button look="quiet" onClick={onClose}>
            Leave it
          </Button>
          <Button type="submit" disabled={next === ""} busy={change.isPending} busyLabel="Signing the change…">
            Rename
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
