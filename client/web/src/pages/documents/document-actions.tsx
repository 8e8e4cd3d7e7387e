import { type DocumentInfo } from "@afterkeep/sdk";
import { useNavigate } from "@tanstack/react-router";
import { useMemo, useRef, useState } from "react";
import { chooseFiles, chosenByInput, itemsOf, type ChosenFile } from "../../device/chosen-files.ts";
import { Button } from "../../parts/button.tsx";
import { Icon } from "../../parts/icon.tsx";
import { startSealing } from "../../session/sealing.ts";
import { useSealing } from "../../session/use-sealing.ts";
import { buildFolderTree, listFolders } from "../../words/folder-tree.ts";
import { DownloadProgress } from "./download-progress.tsx";
import { EditDialog } from "./edit-dialog.tsx";
import { MoveDialog } from "./move-dialog.tsx";
import type { DocumentReader } from "./document-reader.ts";
import { RemoveDialog } from "./remove-dialog.tsx";
import { RenameDialog } from "./rename-dialog.tsx";
import { SealingProgress, SealingResult } from "./sealing-status.tsx";
import { useDownload } from "./use-download.ts";

type Props = { document: DocumentInfo; reader: DocumentReader; all: readonly DocumentInfo[] };
type Doing = "rename" | "move" | "remove" | "edit" | null;

export function DocumentActions({ document, reader, all }: Props) {
  const [doing, setDoing] = useState<Doing>(null);
  const download = useDownload(document, reader);
  return (
    <section className="stack" aria-label="What you can do with it">
      <div className="row">
        <Button
          busy={download.save.isPending}
          onClick={() => download.save.mutate()}
          aria-label={`Download ${document.name}`}
        >
          <Icon name="download" /> Download
        </Button>
        {document.kind === "file" ? (
          <NewVersion document={document} />
        ) : (
          <Button look="second" onClick={() => setDoing("edit")}>
            Edit
          </Button>
        )}
        <Button look="second" onClick={() => setDoing("rename")}>
          Rename
        </Button>
        <Button look="second" onClick={() => setDoing("move")}>
          Move
        </Button>
        <Button look="grave" onClick={() => setDoing("remove")}>
          Remove
        </Button>
      </div>
      <DownloadProgress document={document} download={download} />
      <Underway />
      <Dialogs document={document} reader={reader} all={all} doing={doing} onClose={() => setDoing(null)} />
    </section>
  );
}

function Underway() {
  const { busy, outcome } = useSealing();
  return busy ? <SealingProgress /> : <SealingResult outcome={outcome} />;
}

/** Another file takes this one's place; what was there before stays as an earlier version. */
function NewVersion({ document }: { document: DocumentInfo }) {
  const input = useRef<HTMLInputElement>(null);
  const { busy } = useSealing();
  const seal = ([chosen]: readonly ChosenFile[]): void => {
    if (chosen === undefined) return;
    void startSealing(async () => {
      const [item] = await itemsOf([chosen], document.folder);
      return item === undefined
        ? []
        : [{ ...item, name: document.name, folder: document.folder, document: document.doc }];
    });
  };
  const choose = async (): Promise<void> => {
    const chosen = await chooseFiles({ multiple: false });
    if (chosen === null) input.current?.click();
    else seal(chosen);
  };
  return (
    <>
      <Button look="second" disabled={busy} onClick={() => void choose()}>
        New version
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        aria-label="File of the new version"
        onChange={(event) => {
          seal(chosenByInput(event.target.files ?? []));
          event.target.value = "";
        }}
      />
    </>
  );
}

function Dialogs({ document, reader, all, doing, onClose }: Props & { doing: Doing; onClose: () => void }) {
  const navigate = useNavigate();
  const folders = useMemo(() => listFolders(buildFolderTree(all)), [all]);
  const { doc, name, folder } = document;
  switch (doing) {
    case "rename":
      return <RenameDialog title="Rename" name={name} changes={(next) => [{ doc, name: next }]} onClose={onClose} />;
    case "move":
      return (
        <MoveDialog
          title={`Move “${name}”`}
          current={folder}
          folders={folders}
          changes={(to) => [{ doc, folder: to }]}
          onClose={onClose}
        />
      );
    case "remove":
      return (
        <RemoveDialog
          chosen={[document]}
          onDone={() => void navigate({ to: "/documents", state: { folder }, replace: true })}
          onClose={onClose}
        />
      );
    case "edit":
      return <EditDialog document={document} reader={reader} onClose={onClose} />;
    case null:
      return null;
  }
}
