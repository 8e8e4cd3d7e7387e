import type { RecipientInfo } from "@afterkeep/sdk";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Loading } from "../../parts/loading.tsx";
import { Notice } from "../../parts/notice.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { SafetyWords } from "../../parts/safety-words.tsx";
import { afterkeep } from "../../session/afterkeep.ts";
import { recipientsQuery } from "../../session/queries.ts";
import { standingOf } from "../../words/person-in-words.ts";

function Differs({ name, onClose }: { name: string; onClose: () => void }) {
  return (
    <>
      <Notice kind="problem" title="Then do not go on">
        <p>
          Somebody may be standing between you and {name}, or they read from another screen. Nothing was changed and
          nothing will be sealed to this key. Ask {name} to open their link again and compare once more.
        </p>
      </Notice>
      <div className="row row-end">
        <Button look="second" onClick={onClose}>
          Close
        </Button>
      </div>
    </>
  );
}

/** The words belong to exactly this key, and exactly this key is pinned: what was shown is what is signed. */
export function CompareDialog({ person, onClose }: { person: RecipientInfo; onClose: () => void }) {
  const client = useQueryClient();
  const [differs, setDiffers] = useState(false);
  const words = useQuery({
    queryKey: ["words", person.r, person.ageKey],
    queryFn: () => afterkeep.safetyWordsOf(person.r),
    staleTime: Infinity,
  });
  const pin = useMutation({
    mutationFn: async (shown: { words: readonly string[]; ageKey: string }) =>
      afterkeep.pinRecipient(person.r, { verified: "words", words: shown.words.join(" "), ageKey: shown.ageKey }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: recipientsQuery.queryKey });
      onClose();
    },
  });
  const compared = standingOf(person) === "compared";
  return (
    <Dialog title={`Safety words with ${person.name}`} open onClose={onClose}>
      {differs ? (
        <Differs name={person.name} onClose={onClose} />
      ) : (
        <>
          <p>
            Call {person.name}, or meet them, and have them read their eight words to you. A voice you know is the
            proof; a mail is not.
          </p>
          {words.isPending ? <Loading what="Working out the words" /> : null}
          <ProblemNotice error={words.error ?? pin.error} />
          {words.data ? <SafetyWords words={words.data.words} /> : null}
          <div className="row row-end row-actions">
            <Button look="quiet" onClick={() => setDiffers(true)}>
              They differ
            </Button>
            {compared ? (
              <Button onClick={onClose}>Close</Button>
            ) : (
              <Button
                disabled={!words.data}
                busy={pin.isPending}
                busyLabel="Signing…"
                onClick={() => words.data && pin.mutate(words.data)}
              >
                All eight are the same
              </Button>
            )}
          </div>
        </>
      )}
    </Dialog>
  );
}
