import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Notice } from "../../parts/notice.tsx";
import { Page } from "../../parts/page.tsx";
import type { ReadExport } from "../../session/read-import.ts";
import { useForgetOutcome, useSealing } from "../../session/use-sealing.ts";
import { SealingProgress, SealingResult } from "../documents/sealing-status.tsx";
import { ChooseExport } from "./choose-export.tsx";
import { ImportPreview } from "./import-preview.tsx";

/** Choose, look, and only then seal: until the last press nothing leaves this page, and then all of it comes in or nothing does. */
export function ImportPage() {
  useForgetOutcome();
  const { busy, outcome } = useSealing();
  const [read, setRead] = useState<ReadExport | null>(null);
  const [pressed, setPressed] = useState(false);
  const done = pressed && !busy && outcome?.kind === "added";
  return (
    <Page
      title="Bring your things from another program"
      lead="The file is read here, in this page. What you then seal is all of it or nothing."
    >
      {busy ? (
        <section className="card" aria-label="Sealing">
          <SealingProgress />
        </section>
      ) : null}
      {pressed ? <SealingResult outcome={outcome} /> : null}
      {done ? <Done name={read?.chosen.name ?? ""} /> : null}
      {busy || done ? null : read === null ? (
        <ChooseExport onRead={setRead} />
      ) : (
        <ImportPreview read={read} onSeal={() => setPressed(true)} onOther={() => setRead(null)} />
      )}
    </Page>
  );
}

function Done({ name }: { name: string }) {
  return (
    <>
      <Notice kind="attention" title="Now delete the export">
        <p>
          {name} lies on this device with everything in it readable. Delete it when you have looked at what came, and
          empty the bin.
        </p>
      </Notice>
      <p>
        <Link to="/documents" className="button">
          See your documents
        </Link>
      </p>
    </>
  );
}
