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
      <div className="row">
        <p className="grow">It opens {formatSpan(askable.waitMs)} after you ask, if no answer comes.</p>
        <Button look="second" disabled={!view.hasKeyHere} onClick={() => setSure(true)}>
          Ask for it
        </Button>
      </div>
      <Dialog title="Ask for it?" open={sure} onClose={() => setSure(false)}>
        <div className="stack">
          <p>
            We write to {view.ownerName} at once, and then every day for {formatSpan(askable.waitMs)}. If no answer
            comes, it opens: for you, and for everybody else it is meant for.
          </p>
          <p>
            You need not be sure that something has happened. If {view.ownerName} is well, they say no, and everything
            stays as it is.
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
        You asked, and we are writing to {view.ownerName}. If no answer comes, it opens in about{" "}
        <strong>{formatSpan(asked.leftMs)}</strong>. We write to you then; until then there is nothing that you must do.
      </p>
    );
  if (asked !== undefined)
    return (
      <p>
        {view.ownerName} has answered, and said no for now. If you are worried, speak with them. You can ask again a day
        after they answered.
      </p>
    );
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
        If {view.ownerName} is very ill, or nobody can reach them any more, you may ask for what they left for you. We
        ask {view.ownerName} first; only if no answer comes does it open.
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
