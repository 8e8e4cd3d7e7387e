import type { DocumentInfo } from "@afterkeep/sdk";
import type { ReactNode } from "react";
import { Moment } from "../../parts/moment.tsx";
import { describeKind } from "../../words/kind-in-words.ts";

/** Name, kind or size, and date of one document; `place` names its folder where a list mixes folders. */
export function DocumentLine({ document, title, place }: { document: DocumentInfo; title: ReactNode; place?: string }) {
  return (
    <div>
      <p className="list-title">{title}</p>
      <p className="soft small">
        {place === undefined || place === "" ? null : `${place} · `}
        {describeKind(document)} · <Moment at={document.modified} form="shortDay" />
        {document.versions > 1 ? ` · ${document.versions} versions` : ""}
      </p>
    </div>
  );
}
