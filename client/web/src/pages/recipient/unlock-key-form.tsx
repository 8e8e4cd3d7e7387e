import type { RecipientView } from "@afterkeep/sdk";
import { useMutation } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { Button } from "../../parts/button.tsx";
import { PassphraseField } from "../../parts/passphrase-field.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { afterkeep } from "../../session/afterkeep.ts";

/** Larger than any key file; a photograph chosen by mistake is not read into memory. */
const largestKeyFile = 65_536;

export function UnlockKeyForm({ view, onUnlocked }: { view: RecipientView; onUnlocked: () => void }) {
  const [passphrase, setPassphrase] = useState("");
  const [file, setFile] = useState<File | null>(null);
  const [words, setWords] = useState("");
  const unlock = useMutation({
    mutationFn: async () => {
      if (words.trim() !== "") return afterkeep.unlockRecipient({ keyFile: words });
      if (file === null) return afterkeep.unlockRecipient({ passphrase });
      return afterkeep.unlockRecipient({ keyFile: await file.slice(0, largestKeyFile).text() });
    },
    onSuccess: onUnlocked,
  });
  const ready = file !== null || passphrase !== "" || words.trim() !== "";
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (ready && !unlock.isPending) unlock.mutate();
  };
  return (
    // Why noValidate: any one of the three will do, and the passphrase field alone would insist on itself.
    <form className="card" noValidate onSubmit={submit}>
      <h2>Your key, please</h2>
      <p>
        This device does not hold the key that you made back then.{" "}
        {view.hasSlot ? "The passphrase that you chose opens it, or your key file." : "Your key file opens it."}
      </p>
      {view.hasSlot ? <PassphraseField value={passphrase} onChange={setPassphrase} /> : null}
      <div className="field">
        <label htmlFor="key-file">{view.hasSlot ? "Or your key file" : "Your key file"}</label>
        <input
          id="key-file"
          className="input"
          type="file"
          onChange={(event) => setFile(event.target.files?.[0] ?? null)}
        />
      </div>
      <details>
        <summary>Or type its 24 words</summary>
        <div className="field">
          <label htmlFor="key-words">The 24 words of your key</label>
          <textarea
            id="key-words"
            className="input"
            rows={4}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            value={words}
            onChange={(event) => setWords(event.target.value)}
          />
        </div>
      </details>
      <ProblemNotice error={unlock.error} />
      <Button type="submit" wide disabled={!ready} busy={unlock.isPending} busyLabel="Unlocking…">
        Unlock
      </Button>
    </form>
  );
}
