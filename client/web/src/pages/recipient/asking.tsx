import type { RecipientView } from "@afterkeep/sdk";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { afterkeep } from "../../session/afterkeep.ts";
import { formatSpan } from "../../words/dates.ts";
import { UnlockKeyForm } from "./unlock-key-form.tsx";

type Askable = RecipientView["mayAsk"][number];

function AskButton({ view, askable }: { view: RecipientView; askable: Askable }) {
  const [sure, setSure] = useState(false);
  const client = useQueryClient();
  const ask = useMutation({
    mutationFn: () => afterkeep.askFor(askable.b),
    onSuccess: async () => {
      setSure(false);
      await client.invalidateQueries({ queryKey: ["visit"] });
    },
  });
  return (
    <>
      <Button look="second" disabled={!view.hasKeyHere} onClick={() => setSure(true)}>
        Ask for it
      </Button>
      <Dialog title="Ask for it?" open={sure} onClose={() => setSure(false)}>
        <div className="stack">
          <p>
            {view.ownerName} is called at once, and has {formatSpan(askable.waitMs)} to say no. If {view.ownerName} says
            nothing, it opens, for you and for everybody else it is meant for.
          </p>
          <ProblemNotice error={ask.error} />
          <div className="row row-end row-actions">
            <Button look="quiet" onClick={() => setSure(false)}>
              Not now
            </Button>
            <Button busy={ask.isPending} busyLabel="Asking…" onClick={() => ask.mutate()}>
              Ask for it
            </Button>
          </div>
        </div>
      </Dialog>
    </>
  );
}

function Standing({ view, askable }: { view: RecipientView; askable: Askable }) {
  const asked = view.requests.find(({ b }) => b === askable.b);
  if (asked?.isOpen === true)
    return (
      <p>
        You asked. {view.ownerName} has been called, or will be soon. Without an answer it opens in about{" "}
        <strong>{formatSpan(asked.leftMs)}</strong>; you will get a mail then.
      </p>
    );
  if (asked !== undefined)
    return <p>{view.ownerName} said no, and is well enough to do so. You can ask again after a day.</p>;
  return <AskButton view={view} askable={askable} />;
}

/** What the owner lets this person ask for, before silence would open it. */
export function Asking({ view }: { view: RecipientView }) {
  const client = useQueryClient();
  const askable = view.mayAsk.filter(({ b }) => !view.releases.some((release) => release.b === b));
  if (askable.length === 0) return null;
  return (
    <section className="card" aria-labelledby="asking">
      <h2 id="asking">If something has happened</h2>
      <p>
        {view.ownerName} lets you ask for what they left for you, for a time when they cannot answer any more. They are
        asked first.
      </p>
      {view.hasKeyHere ? null : (
        <UnlockKeyForm view={view} onUnlocked={() => void client.invalidateQueries({ queryKey: ["visit"] })} />
      )}
      {askable.map((one) => (
        <Standing key={one.b} view={view} askable={one} />
      ))}
    </section>
  );
}
