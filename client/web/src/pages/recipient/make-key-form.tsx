import { judgePassphrase } from "@afterkeep/sdk";
import { useMutation } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { askToKeep } from "../../device/keep.ts";
import { Button } from "../../parts/button.tsx";
import { PassphraseField } from "../../parts/passphrase-field.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { afterkeep } from "../../session/afterkeep.ts";
import type { MadeKey } from "./key-made.tsx";

/**
 * A passphrase is the usual way: years may pass, and this phone may be gone by then. Who would rather keep a key file alone may,
 * and then must save it.
 */
export function MakeKeyForm({ ownerName, onMade }: { ownerName: string; onMade: (made: MadeKey) => void }) {
  const [withPassphrase, setWithPassphrase] = useState(true);
  const [passphrase, setPassphrase] = useState("");
  const [again, setAgain] = useState("");
  const ready = !withPassphrase || (judgePassphrase(passphrase, [ownerName]).ok && again === passphrase);
  const accept = useMutation({
    mutationFn: async () => {
      await askToKeep();
      const made = await afterkeep.acceptInvitation(withPassphrase ? { passphrase } : {});
      const { keyFile, keyWords, words } = made;
      return { keyFile, keyWords, words, mustSave: !withPassphrase };
    },
    onSuccess: onMade,
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (ready && !accept.isPending) accept.mutate();
  };
  return (
    <form className="card" onSubmit={submit}>
      <h2>Make your key</h2>
      {withPassphrase ? (
        <>
          <PassphraseField
            fresh
            label="Choose a passphrase"
            value={passphrase}
            onChange={setPassphrase}
            hints={[ownerName]}
          />
          <PassphraseField label="Passphrase, once more" value={again} onChange={setAgain} />
          {again !== "" && again !== passphrase ? <p className="soft small">The two are not the same yet.</p> : null}
          <p className="soft small">
            With it you can open everything from any device, also in many years. Write it down on paper and keep it
            where you keep important things. Nobody can send it to you again.
          </p>
        </>
      ) : (
        <p>
          You will get a key file. Without a passphrase that file is the only way to open anything on another device.
        </p>
      )}
      <ProblemNotice error={accept.error} />
      <Button type="submit" wide disabled={!ready} busy={accept.isPending} busyLabel="Making your key…">
        Make my key
      </Button>
      <Button look="quiet" onClick={() => setWithPassphrase(!withPassphrase)}>
        {withPassphrase ? "I would rather keep a key file only" : "Use a passphrase after all"}
      </Button>
    </form>
  );
}
