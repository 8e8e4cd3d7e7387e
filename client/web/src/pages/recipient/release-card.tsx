import type { RecipientView } from "@afterkeep/sdk";
import { useMutation } from "@tanstack/react-query";
import { Button } from "../../parts/button.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Moment } from "../../parts/moment.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { afterkeep } from "../../session/afterkeep.ts";
import { ReleasedContents } from "./released-contents.tsx";

type Release = RecipientView["releases"][number];
type Props = { release: Release; ownerName: string; unlocked: boolean };

/** Why a press: opening is recorded for good, and the owner would see it; looking at the page is not opening. */
function Openable({ release, unlocked, ownerName }: Props) {
  const open = useMutation({ mutationFn: () => afterkeep.openRelease(release.b) });
  if (open.data) return <ReleasedContents opened={open.data} ownerName={ownerName} />;
  return (
    <section className="card" aria-label="Left for you">
      <p className="row">
        <Icon name="bequest" />
        <span className="grow">
          Released on <Moment at={release.releasedAt} form="day" />
        </span>
      </p>
      <ProblemNotice error={open.error} />
      <Button
        wide
        disabled={!unlocked}
        busy={open.isPending}
        busyLabel="Opening and verifying…"
        onClick={() => open.mutate()}
      >
        Open it
      </Button>
      {unlocked ? null : <p className="soft small">Unlock your key above first.</p>}
    </section>
  );
}

/** A weak sign of the owner's came after it was granted. */
function KeptBack({ release, ownerName }: Props) {
  return (
    <section className="card" aria-label="Opens later">
      <h2>Opens later</h2>
      <p>
        A sign of {ownerName}’s came. You may open this from{" "}
        <strong>
          <Moment at={release.opensAt} />
        </strong>{" "}
        at the earliest, unless {ownerName} closes it again before.
      </p>
    </section>
  );
}

export function ReleaseCard(props: Props) {
  const { release, ownerName } = props;
  if (release.stage === "withdrawn") {
    return (
      <section className="card" aria-label="Taken back">
        <h2>Taken back</h2>
        <p>{ownerName} is back, and has closed this again. There is nothing to do.</p>
      </section>
    );
  }
  if (release.stage === "waiting") {
    return (
      <section className="card" aria-label="Opens later">
        <h2>Opens later</h2>
        <p>
          {ownerName} chose that you may open this from{" "}
          <strong>
            <Moment at={release.opensAt} />
          </strong>{" "}
          at the earliest. You will get a mail then.
        </p>
      </section>
    );
  }
  if (release.stage === "granted" && release.keptUntil !== undefined) return <KeptBack {...props} />;
  return <Openable {...props} />;
}
