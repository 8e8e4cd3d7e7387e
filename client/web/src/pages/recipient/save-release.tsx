import { judgePassphrase, type OpenedRelease, saveBundle } from "@afterkeep/sdk";
import { useMutation } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { browserClock } from "../../device/browser-clock.ts";
import { chooseFilesPlace } from "../../device/files-place.ts";
import { canSaveFolder } from "../../device/folder-sink.ts";
import { keepAwake } from "../../device/keep-awake.ts";
import { fetchOpenerPage } from "../../device/opener-page.ts";
import { Button } from "../../parts/button.tsx";
import { Notice } from "../../parts/notice.tsx";
import { PassphraseField } from "../../parts/passphrase-field.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { ProgressRow } from "../../parts/progress-row.tsx";
import { calmProgress } from "../../words/calm-progress.ts";

type Progress = { done: number; total: number };

function useSaving(opened: OpenedRelease, ownerName: string) {
  const stop = useRef<AbortController | null>(null);
  const [progress, setProgress] = useState<Progress | null>(null);
  const saving = useMutation({
    mutationFn: async (passphrase: string) => {
      // Why first: browsers open their picker only in the press itself.
      const place = await chooseFilesPlace(`From ${ownerName}`);
      if (place === null) return null;
      const stopping = new AbortController();
      stop.current = stopping;
      const { signal } = stopping;
      const show = calmProgress(setProgress, browserClock.nowMs);
      const sleep = keepAwake();
      try {
        await saveBundle(opened, place.sink, {
          opener: await fetchOpenerPage(signal),
          ...(passphrase === "" ? {} : { passphrase }),
          signal,
          onProgress: (done, total) => show({ done, total }),
        });
        await place.finish();
      } catch (error) {
        place.giveUp(error);
        // What is still on its way from the server is not wanted any more.
        stopping.abort();
        throw error;
      } finally {
        sleep();
      }
      return place.name;
    },
    onSettled: () => setProgress(null),
  });
  return { saving, progress, cancel: () => stop.current?.abort() };
}

/** Servers end, and so do we. Who has this folder needs neither. */
export function SaveRelease({ opened, ownerName }: { opened: OpenedRelease; ownerName: string }) {
  const [withKey, setWithKey] = useState(false);
  const [passphrase, setPassphrase] = useState("");
  const { saving, progress, cancel } = useSaving(opened, ownerName);
  const isReady = !withKey || judgePassphrase(passphrase, [ownerName]).ok;
  return (
    <section className="card" aria-labelledby="save-release">
      <h3 id="save-release">Keep it for good</h3>
      <p>
        Save everything as one {canSaveFolder() ? "folder" : "ZIP file"}. It opens in any browser, without the internet
        and without us, in many years too. It stays encrypted: your key opens it, as a key file or as its 24 words.
      </p>
      <label className="choice">
        <input type="checkbox" checked={withKey} onChange={(event) => setWithKey(event.target.checked)} />
        Put my key into it too, under a passphrase
      </label>
      {withKey ? (
        <PassphraseField fresh label="Passphrase for this folder" value={passphrase} onChange={setPassphrase} />
      ) : null}
      <ProblemNotice error={saving.error} title="It was not saved to its end" />
      {saving.isPending ? <ProgressRow label="Saving" done={progress?.done ?? 0} total={progress?.total ?? 0} /> : null}
      {typeof saving.data === "string" ? (
        <Notice kind="good" title="Everything is saved" announce>
          <p>
            You find it as “{saving.data}”. Start with READ-ME.txt in it. Keep a second copy somewhere else, and your
            key apart from both.
          </p>
        </Notice>
      ) : null}
      <div className="row">
        <Button
          look="second"
          disabled={!isReady}
          busy={saving.isPending}
          onClick={() => (isReady ? saving.mutate(withKey ? passphrase : "") : undefined)}
        >
          Save everything
        </Button>
        {saving.isPending ? (
          <Button look="quiet" onClick={cancel}>
            Cancel
          </Button>
        ) : null}
      </div>
    </section>
  );
}
