import type { DocumentRecord } from "@afterkeep/formats";
import { itemFromNote, itemFromRecord, readRecord, readText, type DocumentInfo, type SealItem } from "@afterkeep/sdk";
import { useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { browserClock } from "../../device/browser-clock.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { TextArea } from "../../parts/field.tsx";
import { Loading } from "../../parts/loading.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { startSealing } from "../../session/sealing.ts";
import type { DocumentReader } from "./document-reader.ts";
import { RecordForm } from "./record-form.tsx";

type Props = { document: DocumentInfo; reader: DocumentReader; onClose: () => void };
type Content = { text: string; record: DocumentRecord | null };

async function readContent({ kind }: DocumentInfo, reader: DocumentReader): Promise<Content> {
  const stream = await reader.stream({});
  return kind === "record"
    ? { text: "", record: await readRecord(stream) }
    : { text: await readText(stream), record: null };
}

/** Changing what was written here makes a new version; what it was before is kept. */
export function EditDialog({ document, reader, onClose }: Props) {
  const content = useQuery({
    queryKey: ["edit", document.doc, document.ver],
    queryFn: () => readContent(document, reader),
    gcTime: 0,
    staleTime: Infinity,
  });
  return (
    <Dialog title={`Edit “${document.name}”`} open onClose={onClose}>
      <ProblemNotice error={content.error} />
      {content.isPending ? <Loading what="Opening and verifying" /> : null}
      {content.data ? <EditForm document={document} content={content.data} onClose={onClose} /> : null}
    </Dialog>
  );
}

function EditForm({ document, content, onClose }: { document: DocumentInfo; content: Content; onClose: () => void }) {
  const [text, setText] = useState(content.text);
  const [record, setRecord] = useState(content.record);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void startSealing(async () => [itemOf(document, text, record)]);
    onClose();
  };
  return (
    <form className="stack" autoComplete="off" onSubmit={submit}>
      {record === null ? (
        <TextArea
          label="Text"
          required
          autoFocus
          rows={12}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      ) : (
        <RecordForm record={record} onChange={setRecord} />
      )}
      <div className="row row-end row-actions">
        <Button look="quiet" onClick={onClose}>
          Leave it as it is
        </Button>
        <Button type="submit" disabled={record === null && text === ""}>
          Seal as a new version
        </Button>
      </div>
    </form>
  );
}

function itemOf({ doc, name, folder }: DocumentInfo, text: string, record: DocumentRecord | null): SealItem {
  const modified = browserClock.nowMs();
  const item =
    record === null
      ? itemFromNote({ name, folder, text, modified })
      : itemFromRecord({ name, folder, record, modified });
  return { ...item, document: doc };
}
