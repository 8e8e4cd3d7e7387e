import { useState } from "react";
import { Button } from "../../parts/button.tsx";
import { TextField } from "../../parts/field.tsx";
import { Notice } from "../../parts/notice.tsx";
import { startSealing } from "../../session/sealing.ts";
import { sealItemOf, type ReadExport } from "../../session/read-import.ts";
import { cleanFolder } from "../../words/folder-path.ts";
import { describeItems, titleOfSource } from "../../words/import-words.ts";
import { describeKind } from "../../words/kind-in-words.ts";

type Props = { read: ReadExport; onSeal: () => void; onOther: () => void };
const shownItems = 100;

/** What will come, before anything does. */
export function ImportPreview({ read: { chosen, result }, onSeal, onOther }: Props) {
  const [folder, setFolder] = useState(`From ${titleOfSource(chosen.format)}`);
  const { items, warnings } = result;
  const seal = (): void => {
    onSeal();
    void startSealing(async () => items.map((item) => sealItemOf(item, cleanFolder(folder))));
  };
  return (
    <section className="card" aria-labelledby="coming">
      <h2 id="coming">This will come: {describeItems(items)}</h2>
      {warnings.length === 0 ? null : (
        <Notice
          kind="attention"
          title={warnings.length === 1 ? "One thing to know" : `${warnings.length} things to know`}
        >
          <ul>
            {warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </Notice>
      )}
      <ul className="list coming" tabIndex={0} aria-label="What will come">
        {items.slice(0, shownItems).map((item, index) => (
          <li key={index}>
            <p className="list-title">{item.name}</p>
            <p className="soft small">
              {item.folder === "" ? "" : `${item.folder} · `}
              {describeKind({ kind: item.kind, size: item.content.length })}
            </p>
          </li>
        ))}
        {items.length > shownItems ? <li className="soft">and {items.length - shownItems} more</li> : null}
      </ul>
      <TextField
        label="Into the folder"
        hint="Leave it empty to put everything at the top, in the folders that it had."
        maxLength={400}
        value={folder}
        onChange={(event) => setFolder(event.target.value)}
      />
      <div className="row row-end row-actions">
        <Button look="quiet" onClick={onOther}>
          Choose another file
        </Button>
        <Button disabled={items.length === 0} onClick={seal}>
          {items.length === 1 ? "Seal it" : `Seal all ${items.length}`}
        </Button>
      </div>
    </section>
  );
}
