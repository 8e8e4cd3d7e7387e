import { useState } from "react";
import { saveText } from "../../device/save-file.ts";
import { Button } from "../../parts/button.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Page } from "../../parts/page.tsx";
import { SafetyWords } from "../../parts/safety-words.tsx";

/** `mustSave`: there is no passphrase, so the key file is the only copy that outlives this browser. */
export type MadeKey = {
  keyFile: string;
  /** The key itself as 24 words. Secret. */
  keyWords: readonly string[];
  /** The eight safety words. Not secret. */
  words: readonly string[];
  mustSave: boolean;
};

export function KeyMade({ made, ownerName, onDone }: { made: MadeKey; ownerName: string; onDone: () => void }) {
  const [saved, setSaved] = useState(false);
  const save = (): void => {
    saveText(made.keyFile, "afterkeep-key.txt");
    setSaved(true);
  };
  return (
    <Page title="Your key is made" lead={`Two things remain: a copy for safety, and eight words for ${ownerName}.`}>
      <section className="card" aria-labelledby="copy">
        <h2 id="copy">1. Keep a copy</h2>
        <p>
          {made.mustSave
            ? "This file is your key. Save it somewhere that will still be there in years; without it nothing can be opened on another device."
            : "Your passphrase is enough. A key file besides it helps if you ever forget it."}
        </p>
        <Button look={made.mustSave ? "first" : "second"} onClick={save}>
          <Icon name="key" /> {saved ? "Save it again" : "Save the key file"}
        </Button>
        <details>
          <summary>Or write it on paper, as 24 words</summary>
          <p className="small">
            These words are your key, just as the file is. Show them and read them to nobody; keep the paper where you
            keep important things.
          </p>
          <p className="mono">{made.keyWords.map((word, index) => `${index + 1} ${word}`).join("  ")}</p>
        </details>
      </section>
      <section className="card" aria-labelledby="words">
        <h2 id="words">2. Read these words to {ownerName}</h2>
        <SafetyWords words={made.words} />
        <p>
          By phone or face to face, when {ownerName} asks for them. If they see the same eight words, both of you know
          that nobody stands in between. They are not secret.
        </p>
      </section>
      {made.mustSave && !saved ? (
        <Notice kind="attention">
          <p>Please save the key file first.</p>
        </Notice>
      ) : null}
      <Button wide disabled={made.mustSave && !saved} onClick={onDone}>
        Done
      </Button>
    </Page>
  );
}
