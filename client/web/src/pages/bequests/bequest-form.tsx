import { type BequestDraft, weakMaxOf, weakOf } from "@afterkeep/sdk";
import { useState, type FormEvent } from "react";
import { Button } from "../../parts/button.tsx";
import { TextArea, TextField } from "../../parts/field.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { DocumentChoice } from "./document-choice.tsx";
import { PeopleChoice } from "./people-choice.tsx";
import { TimesEditor } from "./times-editor.tsx";
import { UnsavedGuard } from "./unsaved-guard.tsx";
import { WaysChoice } from "./ways-choice.tsx";
import { timesProblems } from "./times-problems.ts";

type Props = { initial: BequestDraft; saving: boolean; error: unknown; onSave: (draft: BequestDraft) => void };

export function BequestForm({ initial, saving, error, onSave }: Props) {
  const [first] = useState(initial);
  const [draft, setDraft] = useState(first);
  const problems = timesProblems(draft);
  const change = (part: Partial<BequestDraft>): void => setDraft((before) => ({ ...before, ...part }));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!saving && problems.length === 0) onSave({ ...draft, title: draft.title.trim() });
  };
  return (
    <form className="stack stack-wide" onSubmit={submit}>
      <UnsavedGuard unsaved={draft !== first && !saving} />
      <div className="stack">
        <TextField
          label="Title"
          hint="How you call it. Only you see this."
          required
          maxLength={200}
          value={draft.title}
          onChange={(event) => change({ title: event.target.value })}
        />
        <TextArea
          label="Your message"
          hint="Read by the people you choose, after the release and never before."
          rows={8}
          value={draft.message}
          onChange={(event) => change({ message: event.target.value })}
        />
      </div>
      <DocumentChoice chosen={draft.documents} onChange={(documents) => change({ documents })} />
      <PeopleChoice chosen={draft.recipients} times={draft.times} onChange={(recipients) => change({ recipients })} />
      <TimesEditor times={draft.times} onChange={(times) => change({ times })} problems={problems} />
      <WaysChoice weak={weakOf(draft)} weakMaxMs={weakMaxOf(draft.times)} onChange={(weak) => change({ weak })} />
      <ProblemNotice error={error} />
      <div className="row row-end row-actions">
        <Button
          type="submit"
          disabled={draft.title.trim() === "" || problems.length > 0}
          busy={saving}
          busyLabel="Sealing…"
        >
          Save the draft
        </Button>
      </div>
    </form>
  );
}
