import { itemFromFile, type PendingUpload } from "@afterkeep/sdk";
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { chooseFiles } from "../../device/chosen-files.ts";
import { findFileHandle } from "../../device/upload-journal.ts";
import { readGranted } from "../../device/read-granted.ts";
import { Button } from "../../parts/button.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Notice } from "../../parts/notice.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { Tag } from "../../parts/tag.tsx";
import { startSealing } from "../../session/sealing.ts";
import { pendingUploadsQuery } from "../../session/queries.ts";
import { useSealing } from "../../session/use-sealing.ts";
import { compareFile, describeDifference } from "../../words/same-file.ts";
import { formatSize } from "../../words/size-in-words.ts";
import { DiscardDialog } from "./discard-dialog.tsx";

/** Uploads that broke off: a lost connection, a closed page, a server that went away. Nothing of them is in the vault yet. */
export function InterruptedUploads() {
  const pending = useQuery(pendingUploadsQuery);
  const { busy } = useSealing();
  if (pending.error) return <ProblemNotice error={pending.error} />;
  if (busy || pending.data === undefined || pending.data.length === 0) return null;
  return (
    <section className="card" aria-labelledby="interrupted">
      <h2 id="interrupted">Not finished</h2>
      <p className="soft">
        What already arrived is kept for seven days, sealed; the rest follows when you go on. Nothing of it is in your
        vault yet.
      </p>
      <ul className="list">
        {pending.data.map((upload) => (
          <li key={upload.ver}>
            <Interrupted upload={upload} all={pending.data} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Interrupted({ upload, all }: { upload: PendingUpload; all: readonly PendingUpload[] }) {
  const input = useRef<HTMLInputElement>(null);
  const [notice, setNotice] = useState("");
  const [asking, setAsking] = useState(false);
  const goOnWith = (file: File): void => {
    const difference = compareFile(upload, file);
    setNotice(difference === null ? "" : describeDifference(upload.name, difference));
    if (difference === null) resume(upload, file);
  };
  const choose = async (): Promise<void> => {
    const kept = await readKeptFile(upload);
    if (kept !== null) return goOnWith(kept);
    const chosen = await chooseFiles({ multiple: false });
    if (chosen === null) input.current?.click();
    else if (chosen[0] !== undefined) goOnWith(chosen[0].file);
  };
  return (
    <div className="stack stack-tight">
      <div className="item">
        <span className="thumbnail">
          <Icon name="document" />
        </span>
        <div>
          <p className="list-title">{upload.name}</p>
          <p className="soft small">
            {formatSize(upload.doneBytes)} of {formatSize(upload.sealedBytes)} arrived · begun{" "}
            <Moment at={upload.startedAt} form="short" />
          </p>
        </div>
        {upload.isUnderWay ? (
          <Tag>Under way in another window</Tag>
        ) : (
          <div className="item-actions row">
            <Button look="second" onClick={() => void choose()} aria-label={`Go on with ${upload.name}`}>
              Go on
            </Button>
            <Button look="quiet" onClick={() => setAsking(true)} aria-label={`Discard ${upload.name}`}>
              Discard
            </Button>
          </div>
        )}
      </div>
      {upload.source === "" && !upload.isUnderWay ? (
        <p className="soft small">
          You will be asked to choose the file again: {upload.name}, {formatSize(upload.size)}, last changed{" "}
          <Moment at={upload.modified} form="short" />.
        </p>
      ) : null}
      {notice === "" ? null : (
        <Notice kind="attention" announce>
          <p>{notice}</p>
        </Notice>
      )}
      {asking ? <DiscardDialog upload={upload} all={all} onClose={() => setAsking(false)} /> : null}
      <input
        ref={input}
        type="file"
        hidden
        aria-label={`File to go on with ${upload.name}`}
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = "";
          if (file !== undefined) goOnWith(file);
        }}
      />
    </div>
  );
}

async function readKeptFile({ source }: PendingUpload): Promise<File | null> {
  const handle = await findFileHandle(source).catch(() => null);
  return handle === null ? null : readGranted(handle);
}

function resume(upload: PendingUpload, file: File): void {
  const { name, folder, source, ver } = upload;
  void startSealing(async () => [{ ...itemFromFile(file), name, folder, source, resume: ver }]);
}
