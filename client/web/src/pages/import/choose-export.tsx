import { useMutation } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { Button } from "../../parts/button.tsx";
import { PassphraseField } from "../../parts/passphrase-field.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { lookAtExport, readExport, type ChosenExport, type ReadExport } from "../../session/read-import.ts";
import { importSources, titleOfSource } from "../../words/import-words.ts";

type Props = { onRead: (read: ReadExport) => void };

export function ChooseExport({ onRead }: Props) {
  const look = useMutation({
    mutationFn: async (file: File) => {
      const chosen = await lookAtExport(file);
      if (!chosen.needsPassphrase)
        onRead({ chosen, result: await readExport(chosen, {}, AbortSignal.timeout(60_000)) });
      return chosen;
    },
  });
  return (
    <>
      <section className="card" aria-labelledby="choose">
        <h2 id="choose">Choose the export</h2>
        <div className="field">
          <label htmlFor="export-file">The exported file</label>
          <input
            id="export-file"
            className="input"
            type="file"
            onChange={(event) => {
              const file = event.target.files?.[0];
              if (file !== undefined) look.mutate(file);
            }}
          />
        </div>
        <ProblemNotice error={look.error} title="This file was not imported" />
        {look.data?.needsPassphrase ? <Unlock key={look.data.name} chosen={look.data} onRead={onRead} /> : null}
      </section>
      <section className="card" aria-labelledby="sources">
        <h2 id="sources">Where to find it</h2>
        <dl className="stack">
          {importSources.map(({ format, title, how }) => (
            <div key={format}>
              <dt className="list-title">{title}</dt>
              <dd className="soft">{how}</dd>
            </div>
          ))}
        </dl>
      </section>
    </>
  );
}

/** The passphrase of the other program, or its key file. Neither is kept. */
function Unlock({ chosen, onRead }: Props & { chosen: ChosenExport }) {
  const [passphrase, setPassphrase] = useState("");
  const [keyFile, setKeyFile] = useState<File | null>(null);
  const unlock = useMutation({
    mutationFn: async () => {
      const secret = {
        ...(passphrase === "" ? {} : { passphrase }),
        ...(keyFile === null ? {} : { keyFile: new Uint8Array(await keyFile.arrayBuffer()) }),
      };
      onRead({ chosen, result: await readExport(chosen, secret, AbortSignal.timeout(300_000)) });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!unlock.isPending) unlock.mutate();
  };
  return (
    <form className="stack" onSubmit={submit}>
      <p>This {titleOfSource(chosen.format)} file is protected. It is unlocked here; its passphrase goes nowhere.</p>
      <PassphraseField label="Passphrase of the export" value={passphrase} onChange={setPassphrase} />
      {chosen.format === "keepass" ? (
        <div className="field">
          <label htmlFor="import-key-file">Key file, if there is one</label>
          <input
            id="import-key-file"
            className="input"
            type="file"
            onChange={(event) => setKeyFile(event.target.files?.[0] ?? null)}
          />
        </div>
      ) : null}
      <ProblemNotice error={unlock.error} title="This file was not imported" />
      <Button
        type="submit"
        wide
        disabled={passphrase === "" && keyFile === null}
        busy={unlock.isPending}
        busyLabel="Unlocking…"
      >
        Unlock
      </Button>
    </form>
  );
}
