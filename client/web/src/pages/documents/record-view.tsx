import type { DocumentRecord } from "@afterkeep/formats";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { copyText } from "../../device/copy-text.ts";
import { Button } from "../../parts/button.tsx";
import { safeLink } from "../../words/link-in-record.ts";

type Field = DocumentRecord["fields"][number];

/** A form as it was filled in. Secrets stay covered until somebody asks for them: a screen has more than one reader. */
export function RecordView({ record }: { record: DocumentRecord }) {
  const filled = record.fields.filter(({ value }) => value !== "");
  const [copied, setCopied] = useState("");
  return (
    <section className="card" aria-label="What it says">
      <dl className="record">
        {filled.map((field, index) => (
          // Why the index: two fields of a form may have the same name.
          <FieldView key={index} field={field} onCopied={() => setCopied(field.name)} />
        ))}
      </dl>
      {record.note === "" ? null : <div className="letter">{record.note}</div>}
      {filled.length === 0 && record.note === "" ? <p className="soft">Nothing was filled in.</p> : null}
      <p className="soft small" role="status">
        {copied === ""
          ? ""
          : `${copied} is on the clipboard now. Other programs on this device can read it there; copy something else when you are done.`}
      </p>
    </section>
  );
}

function isCovered({ kind }: Field): boolean {
  return kind === "secret" || kind === "totp";
}

function FieldView({ field, onCopied }: { field: Field; onCopied: () => void }) {
  const [shown, setShown] = useState(!isCovered(field));
  const copy = useMutation({ mutationFn: () => copyText(field.value), onSuccess: onCopied });
  return (
    <div className="record-field">
      <dt>{field.name}</dt>
      <dd>
        <span className={isCovered(field) ? "mono" : undefined}>
          {shown ? <Value field={field} /> : <span aria-label="Covered">••••••••</span>}
        </span>
        <span className="row">
          {isCovered(field) ? (
            <Button
              look="quiet"
              aria-pressed={shown}
              aria-label={`${shown ? "Cover" : "Show"} ${field.name}`}
              onClick={() => setShown(!shown)}
            >
              {shown ? "Cover" : "Show"}
            </Button>
          ) : null}
          <Button look="quiet" aria-label={`Copy ${field.name}`} onClick={() => copy.mutate()}>
            Copy
          </Button>
        </span>
        {copy.isError ? (
          <span className="soft small" role="alert">
            This browser did not allow copying. Show it and select it by hand.
          </span>
        ) : null}
      </dd>
    </div>
  );
}

function Value({ field }: { field: Field }) {
  const link = field.kind === "url" ? safeLink(field.value) : null;
  if (link === null) return <span className="record-value">{field.value}</span>;
  return (
    <a href={link} target="_blank" rel="noopener noreferrer">
      {field.value}
    </a>
  );
}
