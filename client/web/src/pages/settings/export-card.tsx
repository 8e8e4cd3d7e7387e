import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { browserClock } from "../../device/browser-clock.ts";
import { chooseFilesPlace } from "../../device/files-place.ts";
import { canSaveFolder } from "../../device/folder-sink.ts";
import { keepAwake } from "../../device/keep-awake.ts";
import { Button } from "../../parts/button.tsx";
import { Notice } from "../../parts/notice.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { ProgressRow } from "../../parts/progress-row.tsx";
import { afterkeep } from "../../session/afterkeep.ts";
import { BrokenExportError, exportVault, type ExportKind, type ExportProgress } from "../../session/export-vault.ts";
import { vaultQuery } from "../../session/queries.ts";
import { calmProgress } from "../../words/calm-progress.ts";

function useExport(kind: ExportKind) {
  const client = useQueryClient();
  const stop = useRef<AbortController | null>(null);
  const leaveOut = useRef(new Set<string>());
  const [progress, setProgress] = useState<ExportProgress | null>(null);
  const run = useMutation({
    mutationFn: async () => {
      // Why first: browsers open their picker only in the press itself.
      const place = await chooseFilesPlace("Afterkeep export");
      if (place === null) return null;
      const stopping = new AbortController();
      stop.current = stopping;
      const { signal } = stopping;
      const onProgress = calmProgress(setProgress, browserClock.nowMs);
      const sleep = keepAwake();
      try {
        const { documents, damaged } = await client.fetchQuery(vaultQuery);
        const how = { kind, signal, onProgress, leaveOut: leaveOut.current };
        const missing = await exportVault(afterkeep, place, documents, how);
        await place.finish();
        // What broke one export may be whole again before the next.
        leaveOut.current.clear();
        const names = missing.map(({ name }) => name);
        return { place: place.name, count: documents.length - names.length, names, unlisted: damaged.length };
      } catch (error) {
        if (error instanceof BrokenExportError) leaveOut.current.add(error.doc);
        place.giveUp(error);
        // What is still on its way from the server is not wanted any more.
        stopping.abort();
        throw error;
      } finally {
        sleep();
      }
    },
    onSettled: () => setProgress(null),
  });
  return { run, progress, cancel: () => stop.current?.abort() };
}

/** Leaving must always be possible: everything, in a format that other programs read. */
export function ExportCard() {
  const [kind, setKind] = useState<ExportKind>("hybrid");
  const { run, progress, cancel } = useExport(kind);
  return (
    <section className="card" aria-labelledby="export">
      <h2 id="export">Take everything with you</h2>
      <p>
        Every document as a standard age file, in its folders, with the one key that opens them all. Any age program can
        read them, with or without us.
      </p>
      {canSaveFolder() ? null : (
        <p className="soft">
          This browser cannot write into a folder, so it all comes as one ZIP file among your downloads.
        </p>
      )}
      <KindChoice kind={kind} onChange={setKind} />
      <ProblemNotice error={run.error} title="The export is not complete" />
      {run.isPending ? (
        <ProgressRow
          label={progress === null ? "Preparing" : `Writing ${progress.name}`}
          done={progress?.done ?? 0}
          total={progress?.total ?? 0}
        />
      ) : null}
      <Done result={run.data ?? null} />
      <div className="row">
        <Button look="second" busy={run.isPending} onClick={() => run.mutate()}>
          {canSaveFolder() ? "Choose a folder and export" : "Export as one ZIP file"}
        </Button>
        {run.isPending ? (
          <Button look="quiet" onClick={cancel}>
            Cancel
          </Button>
        ) : null}
      </div>
    </section>
  );
}

function KindChoice({ kind, onChange }: { kind: ExportKind; onChange: (kind: ExportKind) => void }) {
  return (
    <fieldset>
      <legend className="legend">Which kind of key</legend>
      <label className="choice">
        <input type="radio" name="kind" checked={kind === "hybrid"} onChange={() => onChange("hybrid")} />
        Strongest: holds against quantum computers too, and needs a recent age program
      </label>
      <label className="choice">
        <input type="radio" name="kind" checked={kind === "x25519"} onChange={() => onChange("x25519")} />
        Most common: every age program opens it
      </label>
    </fieldset>
  );
}

type Exported = { place: string; count: number; names: readonly string[]; unlisted: number };

function Done({ result }: { result: Exported | null }) {
  if (result === null) return null;
  const { place, count, names, unlisted } = result;
  const isWhole = names.length + unlisted === 0;
  return (
    <>
      <Notice
        kind="good"
        title={isWhole ? `Everything is in “${place}”` : `All that could be read is in “${place}”`}
        announce
      >
        <p>
          {count} {count === 1 ? "document" : "documents"}, opened by identity.txt. Keep that file apart from the
          others.
        </p>
      </Notice>
      {isWhole ? null : (
        <Notice kind="attention" title="Not all of it could be exported" announce>
          <p>The server withholds or changed what you signed:</p>
          <ul>
            {names.map((name, at) => (
              <li key={at}>{name}</li>
            ))}
            {unlisted === 0 ? null : (
              <li>
                {unlisted} {unlisted === 1 ? "document" : "documents"} whose {unlisted === 1 ? "name" : "names"} cannot
                be read
              </li>
            )}
          </ul>
        </Notice>
      )}
    </>
  );
}
