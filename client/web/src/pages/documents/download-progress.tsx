import type { DocumentInfo } from "@afterkeep/sdk";
import { Button } from "../../parts/button.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { ProgressRow } from "../../parts/progress-row.tsx";
import type { useDownload } from "./use-download.ts";

type Props = { document: DocumentInfo; download: ReturnType<typeof useDownload> };

/** What a download says while it runs and when it failed; nothing for small ones, which are there at once. */
export function DownloadProgress({ document, download }: Props) {
  const { save, progress, cancel } = download;
  if (save.error) return <ProblemNotice error={save.error} title={`${document.name} was not saved`} />;
  if (!save.isPending || document.size <= 2_000_000) return null;
  return (
    <div className="row" role="status">
      <div className="grow">
        <ProgressRow label="Opening and verifying" done={progress.done} total={progress.total} />
      </div>
      <Button look="quiet" onClick={cancel}>
        Cancel
      </Button>
    </div>
  );
}
