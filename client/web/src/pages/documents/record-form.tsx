import type { DocumentRecord } from "@afterkeep/formats";
import { Button } from "../../parts/button.tsx";
import { TextArea, TextField } from "../../parts/field.tsx";
import { SecretField } from "../../parts/secret-field.tsx";

type Field = DocumentRecord["fields"][number];
type Props = { record: DocumentRecord; onChange: (record: DocumentRecord) => void };

const inputTypes = { text: "text", url: "text", email: "email", date: "date" } as const;

/** The fields of a form, whichever template they came from; more can be added, none has to be filled in. */
export function RecordForm({ record, onChange }: Props) {
  const setField = (index: number, field: Field): void =>
    onChange({ ...record, fields: record.fields.with(index, field) });
  const add = (kind: "text" | "secret"): void =>
    onChange({
      ...record,
      fields: [...record.fields, { name: kind === "secret" ? "Another secret" : "Another field", kind, value: "" }],
    });
  return (
    <div className="stack">
      {record.fields.map((field, index) => (
        <FieldInput key={index} field={field} onChange={(value) => setField(index, { ...field, value })} />
      ))}
      <div className="row row-tight">
        <Button look="quiet" onClick={() => add("text")}>
          Add a field
        </Button>
        <Button look="quiet" onClick={() => add("secret")}>
          Add a secret
        </Button>
      </div>
      <TextArea
        label="Note"
        hint="Whatever somebody would have to know to use this."
        value={record.note}
        onChange={(event) => onChange({ ...record, note: event.target.value })}
      />
    </div>
  );
}

/** Why: another program may have written a date as words, which a date field would silently drop. */
function isOtherDate({ kind, value }: Field): boolean {
  return kind === "date" && value !== "" && !/^\d{4}-\d{2}-\d{2}$/.test(value);
}

function FieldInput({ field, onChange }: { field: Field; onChange: (value: string) => void }) {
  if (field.kind === "multiline")
    return <TextArea label={field.name} value={field.value} onChange={(event) => onChange(event.target.value)} />;
  if (field.kind === "secret" || field.kind === "totp")
    return <SecretField label={field.name} value={field.value} onChange={onChange} />;
  return (
    <TextField
      label={field.name}
      type={isOtherDate(field) ? "text" : inputTypes[field.kind]}
      autoComplete="off"
      value={field.value}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
