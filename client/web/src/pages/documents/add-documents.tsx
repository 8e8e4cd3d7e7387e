import type { SealItem } from "@afterkeep/sdk";
import { useRef, useState, type DragEvent } from "react";
import { itemsFromDrop, itemsFromPicker } from "../../device/dropped-files.ts";
import { Button } from "../../parts/button.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Notice } from "../../parts/notice.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { ProgressRow } from "../../parts/progress-row.tsx";
import { NoteDialog } from "./note-dialog.tsx";
import { useSeal } from "./use-seal.ts";

function describeAdded(count: number): string {
  return count === 1
    ? "One document was sealed and put into your vault."
    : `${count} documents were sealed and put into your vault.`;
}

function SealingProgress({ sealing }: { sealing: ReturnType<typeof useSeal> }) {
  const { progress } = sealing;
  return (
    <div className="stack" role="status">
      <ProgressRow
        label={progress ? `Sealing ${progress.index + 1} of ${progress.count}: ${progress.name}` : "Sealing…"}
        done={progress?.allDoneBytes ?? 0}
        total={progress?.allTotalBytes ?? 0}
      />
      <div>
        <Button look="quiet" onClick={sealing.cancel}>
          Cancel
        </Button>
      </div>
    </div>
  );
}

/** Files and folders by picker or drop, and notes. Nothing is listed before the owner's signed manifest names it. */
export function AddDocuments() {
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [writing, setWriting] = useState(false);
  const sealing = useSeal();
  const add = (items: SealItem[]): void => {
    if (items.length > 0) sealing.seal(items);
  };
  const drop = async (event: DragEvent): Promise<void> => {
    event.preventDefault();
    setOver(false);
    if (!sealing.busy) add(await itemsFromDrop(event.dataTransfer));
  };
  const pick = (input: HTMLInputElement): void => {
    add(itemsFromPicker(input.files ?? []));
    input.value = "";
  };
  return (
    <section className="stack" aria-label="Add documents">
      <div
        className="drop-zone"
        data-over={over}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => void drop(event)}
      >
        {sealing.busy ? (
          <SealingProgress sealing={sealing} />
        ) : (
          <>
            <p>Drop files or folders here, or choose them:</p>
            <div className="row">
              <Button onClick={() => files.current?.click()}>
                <Icon name="add" /> Files
              </Button>
              <Button look="second" onClick={() => folder.current?.click()}>
                <Icon name="folder" /> A folder
              </Button>
              <Button look="second" onClick={() => setWriting(true)}>
                <Icon name="note" /> A note
              </Button>
            </div>
          </>
        )}
        <input ref={files} type="file" multiple hidden aria-label="Files" onChange={(event) => pick(event.target)} />
        <input
          ref={folder}
          type="file"
          hidden
          aria-label="Folder"
          {...{ webkitdirectory: "" }}
          onChange={(event) => pick(event.target)}
        />
      </div>
      {sealing.added > 0 ? (
        <Notice kind="good" announce>
          <p>{describeAdded(sealing.added)}</p>
        </Notice>
      ) : null}
      {sealing.cancelled ? (
        <Notice announce>
          <p>Cancelled. Nothing of it was added.</p>
        </Notice>
      ) : null}
      <ProblemNotice error={sealing.error} />
      <NoteDialog open={writing} onClose={() => setWriting(false)} onWritten={(item) => add([item])} />
    </section>
  );
}
