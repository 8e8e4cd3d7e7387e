import { useState } from "react";
import { Button } from "../../parts/button.tsx";
import { Loading } from "../../parts/loading.tsx";
import { Notice } from "../../parts/notice.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { HeldMedia } from "./held-media.tsx";
import type { PreviewProps } from "./document-reader.ts";
import { usePlayer } from "./use-player.ts";

type View = "film" | "sound";
type Props = PreviewProps & { view: View };

/** A film or a sound, read piece by verified piece while it plays: nothing of it is held that is not played. */
export function PlayedMedia(props: Props) {
  const { document, reader, view } = props;
  const { address, problem, isOver } = usePlayer(document, reader, view);
  if (address === null) return <Loading what="Opening" />;
  if (address === "none") return <HeldMedia {...props} />;
  return (
    <>
      <ProblemNotice error={problem} {...(isOver ? { title: "It was stopped" } : {})} />
      {isOver ? null : <Frame address={address} name={document.name} view={view} />}
    </>
  );
}

function Frame({ address, name, view }: { address: string; name: string; view: View }) {
  const [ratio, setRatio] = useState(16 / 9);
  const [attempt, setAttempt] = useState(1);
  const [hasFailed, setFailed] = useState(false);
  // Why from out here: what is in the frame runs no script and is told nothing of the document.
  const furnish = (frame: HTMLIFrameElement): void => {
    const media = frame.contentDocument?.querySelector<HTMLVideoElement>("video, audio") ?? null;
    if (media === null || media.error !== null) return setFailed(true);
    const fit = (): void => {
      if (media.videoHeight > 0) setRatio(media.videoWidth / media.videoHeight);
    };
    media.setAttribute("aria-label", name);
    media.addEventListener("error", () => setFailed(true));
    media.addEventListener("loadedmetadata", fit);
    fit();
  };
  if (hasFailed) {
    return (
      <Notice title="It does not play here">
        <p>This browser may not know its format, or did not get it. Download it to play it with another program.</p>
        <div>
          <Button
            look="quiet"
            onClick={() => {
              setAttempt(attempt + 1);
              setFailed(false);
            }}
          >
            Try again
          </Button>
        </div>
      </Notice>
    );
  }
  return (
    <iframe
      key={attempt}
      className={view === "film" ? "film-player" : "sound-player"}
      style={view === "film" ? { aspectRatio: ratio, width: `min(100%, ${70 * ratio}vh)` } : {}}
      src={address}
      title={name}
      allow="fullscreen; picture-in-picture"
      onLoad={(event) => furnish(event.currentTarget)}
    />
  );
}
