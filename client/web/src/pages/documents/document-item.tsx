import type { DocumentInfo } from "@afterkeep/sdk";
import { afterkeep } from "../../session/afterkeep.ts";
import { OpenableDocument } from "./openable-document.tsx";

export function DocumentItem({ document }: { document: DocumentInfo }) {
  return (
    <OpenableDocument
      document={document}
      fetchStream={async (options) => (await afterkeep.openDocument(document.doc, options)).stream}
    />
  );
}
