import {
  letterTemplate,
  recordTemplateNames,
  recordTemplates,
  type DocumentRecord,
  type RecordTemplate,
} from "@afterkeep/formats";
import { itemFromNote, itemFromRecord, type SealItem } from "@afterkeep/sdk";
import { useState, type FormEvent } from "react";
import { browserClock } from "../../device/browser-clock.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { TextArea, TextField } from "../../parts/field.tsx";
import { Icon, type IconName } from "../../parts/icon.tsx";
import { startSealing } from "../../session/sealing.ts";
import { cleanName } from "../../words/folder-path.ts";
import { recordWords } from "../../words/record-words.ts";
import { RecordForm } from "./record-form.tsx";

type Kind = "note" | "letter" | RecordTemplate;
type Props = { open: boolean; folder: string; onClose: () => void };

const kinds: readonly { kind: Kind; title: string; icon: IconName }[] = [
  { kind: "note", title: "Note", icon: "note" },
  { kind: "letter", title: "Letter", icon: "bequest" },
  ...recordTemplateNames.map((kind) => ({
    kind,
    title: recordWords[kind].title,
    icon: "key" as const,
  })),
];

function seal(item: SealItem): void {
  void startSealing(async () => [item]);
}

/** Something written here instead of chosen: a note, a letter, or a form from a template. */
export function WriteDialog({ open, folder, onClose }: Props) {
  const [kind, setKind] = useState<Kind | null>(null);
  const close = (): void => {
    setKind(null);
    onClose();
  };
  const common = { folder, onClose: close };
  return (
    <Dialog title={kind === null ? "What would you like to write?" : titleOf(kind)} open={open} onClose={close}>
      {kind === null ? <Kinds onChoose={setKind} onClose={close} /> : null}
      {kind === "note" || kind === "letter" ? <NoteForm {...common} kind={kind} /> : null}
      {kind !== null && kind !== "note" && kind !== "letter" ? <NewRecord {...common} template={kind} /> : null}
    </Dialog>
  );
}

function titleOf(kind: Kind): string {
  return kinds.find((one) => one.kind === kind)?.title ?? "";
}

function Kinds({ onChoose, onClose }: { onChoose: (kind: Kind) => void; onClose: () => void }) {
  return (
    <>
      <div className="kinds">
        {kinds.map(({ kind, title, icon }) => (
          <button key={kind} type="button" className="kind" onClick={() => onChoose(kind)}>
            <Icon name={icon} /> {title}
          </button>
        ))}
      </div>
      <div className="row row-end">
        <Button look="quiet" onClick={onClose}>
          Cancel
        </Button>
      </div>
    </>
  );
}

type FormProps = { folder: string; onClose: () => void };

const noteWords = {
  note: { title: "Title", text: "Note", example: "Where the keys are", hint: "" },
  letter: {
    title: "Title",
    text: "Your letter",
    example: "For Anna, on her wedding day",
    hint: "Write as you would speak. You can change it as often as you like; earlier versions are kept.",
  },
} as const;

function NoteForm({ kind, folder, onClose }: FormProps & { kind: "note" | "letter" }) {
  const [name, setName] = useState("");
  const [text, setText] = useState(kind === "letter" ? letterTemplate : "");
  const words = noteWords[kind];
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    seal(itemFromNote({ name: cleanName(name), folder, text, modified: browserClock.nowMs() }));
    onClose();
  };
  return (
    <form className="stack" onSubmit={submit}>
      <TextField
        label={words.title}
        required
        autoFocus
        maxLength={200}
        placeholder={words.example}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <TextArea
        label={words.text}
        hint={words.hint}
        required
        rows={kind === "letter" ? 12 : 6}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <FormEnd ready={cleanName(name) !== "" && text !== ""} onClose={onClose} />
    </form>
  );
}

function NewRecord({ template, folder, onClose }: FormProps & { template: RecordTemplate }) {
  const [name, setName] = useState("");
  const [record, setRecord] = useState<DocumentRecord>(() => emptyRecord(template));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    seal(itemFromRecord({ name: cleanName(name), folder, record, modified: browserClock.nowMs() }));
    onClose();
  };
  return (
    <form className="stack" autoComplete="off" onSubmit={submit}>
      <TextField
        label="Title"
        required
        autoFocus
        maxLength={200}
        placeholder={recordWords[template].example}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <RecordForm record={record} onChange={setRecord} />
      <FormEnd ready={cleanName(name) !== ""} onClose={onClose} />
    </form>
  );
}

function emptyRecord(template: RecordTemplate): DocumentRecord {
  return { template, fields: recordTemplates[template].map((field) => ({ ...field, value: "" })), note: "" };
}

function FormEnd({ ready, onClose }: { ready: boolean; onClose: () => void }) {
  return (
    <div className="row row-end row-actions">
      <Button look="quiet" onClick={onClose}>
        Cancel
      </Button>
      <Button type="submit" disabled={!ready}>
        Seal and keep
      </Button>
    </div>
  );
}
