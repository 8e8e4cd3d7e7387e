import { useState, type FormEvent } from "react";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { TextField } from "../../parts/field.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { useChangeDocuments, type DocumentChange } from "../../session/use-change-documents.ts";
import { cleanFolder } from "../../words/folder-path.ts";

type Props = {
  title: string;
  /** Where it is now; null where the chosen documents lie in several folders. */
  current: string | null;
  folders: readonly string[];
  changes: (folder: string) => readonly DocumentChange[];
  onDone?: (folder: string) => void;
  onClose: () => void;
};

/** A folder that is there, or a new one: folders exist by what lies in them, so moving into a new one makes it. */
export function MoveDialog({ title, current, folders, changes, onDone, onClose }: Props) {
  const [chosen, setChosen] = useState<string | null>(current);
  const [typed, setTyped] = useState("");
  const fresh = cleanFolder(typed);
  const target = chosen ?? (fresh === "" ? null : fresh);
  const change = useChangeDocuments(() => {
    onDone?.(target ?? "");
    onClose();
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (target === current) onClose();
    else if (target !== null && !change.isPending) change.mutate(changes(target));
  };
  return (
    <Dialog title={title} open onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <fieldset className="choices">
          <legend className="unseen">Into which folder</legend>
          {["", ...folders].map((path) => (
            <label key={path} className="choice">
              <input type="radio" name="folder" checked={chosen === path} onChange={() => setChosen(path)} />
              {path === "" ? "Not in a folder" : path.replaceAll("/", " / ")}
            </label>
          ))}
          <label className="choice">
            <input type="radio" name="folder" checked={chosen === null} onChange={() => setChosen(null)} />A new folder
          </label>
        </fieldset>
        {chosen === null ? (
          <TextField
            label="Name of the new folder"
            autoFocus
            maxLength={400}
            placeholder="House / Insurance"
            hint="A slash makes a folder in a folder."
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        ) : null}
        <ProblemNotice error={change.error} />
        <div className="row row-end row-actions">
          <Button look="quiet" onClick={onClose}>
            Leave it
          </Button>
          <Button type="submit" disabled={target === null} busy={change.isPending} busyLabel="Signing the change…">
            Move
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
