import { itemFromNote, type SealItem } from "@afterkeep/sdk";
import { useState, type FormEvent } from "react";
import { browserClock } from "../../device/browser-clock.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { TextArea, TextField } from "../../parts/field.tsx";

type Props = { open: boolean; onClose: () => void; onWritten: (item: SealItem) => void };

export function NoteDialog({ open, onClose, onWritten }: Props) {
  const [name, setName] = useState("");
  const [text, setText] = useState("");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onWritten(itemFromNote({ name: name.trim(), text, modified: browserClock.nowMs() }));
    setName("");
    setText("");
    onClose();
  };
  return (
    <Dialog title="Write a note" open={open} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <TextField
          label="Title"
          required
          maxLength={200}
          placeholder="Where the keys are"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <TextArea label="Note" required value={text} onChange={(event) => setText(event.target.value)} />
        <div className="row row-end row-actions">
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={name.trim() === "" || text === ""}>
            Seal and keep
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
