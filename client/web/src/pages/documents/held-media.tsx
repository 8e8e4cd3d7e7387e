import { useQuery } from "@tanstack/react-query";
import { gatherBlob } from "../../device/save-file.ts";
import { Loading } from "../../parts/loading.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { useBlobUrl } from "../../parts/use-blob-url.ts";
import { formatSize } from "../../words/size-in-words.ts";
import { isHeldEasily, plainType } from "../../words/view-of.ts";
import { partOf } from "./part-of.ts";
import type { PreviewProps } from "./document-reader.ts";

type View = "picture" | "sound" | "film" | "pdf";
type Props = PreviewProps & { view: View };

const deeds: Record<View, string> = {
  picture: "look at it",
  sound: "listen to it",
  film: "watch it",
  pdf: "read it",
};

/** What is shown only when the page holds all of it. */
export function HeldMedia(props: Props) {
  const { document, view } = props;
  if (isHeldEasily(view, document.size)) return <Gathered {...props} />;
  return (
    <p className="soft">
      {view === "film" || view === "sound"
        ? "This browser does not let a page play it piece by piece, so the page"
        : "To show it, the page"}{" "}
      would have to hold all {formatSize(document.size)} of it in memory, and that is too much for many devices.
      Download it to {deeds[view]}.
    </p>
  );
}

function Gathered({ document, reader, view }: Props) {
  const type = plainType(document.type);
  const media = useQuery({
    ...partOf(document, "media"),
    queryFn: async ({ signal }) => gatherBlob(await reader.stream({ signal }), type),
  });
  if (media.isPending) return <Loading what="Opening and verifying" />;
  if (media.error) return <ProblemNotice error={media.error} />;
  return <Media blob={media.data} name={document.name} type={type} view={view} />;
}

function Media({ blob, name, type, view }: { blob: Blob; name: string; type: string; view: View }) {
  const url = useBlobUrl(blob, type);
  if (url === null) return null;
  switch (view) {
    case "picture":
      return <img className="picture" src={url} alt={name} />;
    case "sound":
      return <audio className="sound" src={url} controls aria-label={name} />;
    case "film":
      return <video className="picture" src={url} controls playsInline aria-label={name} />;
    case "pdf":
      return navigator.pdfViewerEnabled ? (
        <iframe className="paper" src={url} title={name} />
      ) : (
        <p className="soft">This browser cannot show a PDF in a page. Download it to read it.</p>
      );
  }
}
