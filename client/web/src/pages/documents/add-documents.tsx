import { Link } from "@tanstack/react-router";
import { useRef, useState, type DragEvent } from "react";
import { chooseFiles, chosenByInput, itemsOf, type ChosenFile } from "../../device/chosen-files.ts";
import { chosenByDrop } from "../../device/dropped-files.ts";
import { Button } from "../../parts/button.tsx";
import { Icon } from "../../parts/icon.tsx";
import { startSealing } from "../../session/sealing.ts";
import { useSealing } from "../../session/use-sealing.ts";
import { SealingProgress, SealingResult } from "./sealing-status.tsx";
import { WriteDialog } from "./write-dialog.tsx";

/** Files and folders by picker or drop, notes and forms. Nothing is listed before the owner's signed manifest names it. */
export function AddDocuments({ folder: into }: { folder: string }) {
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [writing, setWriting] = useState(false);
  const { busy, outcome } = useSealing();
  const add = (chosen: readonly ChosenFile[]): void => {
    if (chosen.length > 0) void startSealing(() => itemsOf(chosen, into));
  };
  const drop = async (event: DragEvent): Promise<void> => {
    event.preventDefault();
    setOver(false);
    if (!busy) add(await chosenByDrop(event.dataTransfer));
  };
  const choose = async (): Promise<void> => {
    const chosen = await chooseFiles({ multiple: true });
    if (chosen === null) files.current?.click();
    else add(chosen);
  };
  const pick = (input: HTMLInputElement): void => {
    add(chosenByInput(input.files ?? []));
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
        {busy ? (
          <SealingProgress />
        ) : (
          <>
            <p>
              {into === ""
                ? "Drop files or folders here, or choose them:"
                : `Drop files here to put them into “${into}”:`}
            </p>
            <div className="row row-middle">
              <Button onClick={() => void choose()}>
                <Icon name="add" /> Files
              </Button>
              <Button look="second" onClick={() => folder.current?.click()}>
                <Icon name="folder" /> A folder
              </Button>
              <Button look="second" onClick={() => setWriting(true)}>
                <Icon name="note" /> Write
              </Button>
            </div>
            <Link to="/documents/import">Bring them from another program</Link>
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
      <SealingResult outcome={outcome} />
      <WriteDialog open={writing} folder={into} onClose={() => setWriting(false)} />
    </section>
  );
}
