import type { RecipientView } from "@afterkeep/sdk";
import { useQuery } from "@tanstack/react-query";
import { Loading } from "../../parts/loading.tsx";
import { Page } from "../../parts/page.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { SafetyWords } from "../../parts/safety-words.tsx";
import { Asking } from "./asking.tsx";
import { OlderNotice } from "./older-notice.tsx";
import { PinNotice } from "./pin-notice.tsx";
import { afterkeep } from "../../session/afterkeep.ts";

/** For somebody whose key is made and to whom nothing was released: how things stand, and the words again. */
export function Standing({ view }: { view: RecipientView }) {
  const words = useQuery({ queryKey: ["own-words"], queryFn: () => afterkeep.recipientWords(), staleTime: Infinity });
  const hasAsked = view.requests.some(({ isOpen }) => isOpen);
  return (
    <Page
      title="Your key is ready"
      // Why not good news to somebody who asked: they fear that something has happened. Over an older chain a release may be gone too.
      lead={
        hasAsked || view.isChainOlder
          ? "Nothing is open yet."
          : `Nothing has been released to you. That is good news about ${view.ownerName}.`
      }
    >
      <OlderNotice view={view} />
      <PinNotice view={view} />
      <Asking view={view} />
      <section className="card" aria-labelledby="words">
        <h2 id="words">Your safety words</h2>
        {words.isPending ? <Loading what="Working out the words" /> : null}
        <ProblemNotice error={words.error} />
        {words.data ? <SafetyWords words={words.data.words} /> : null}
      </section>
      <p className="soft">
        You can close this page. Keep your passphrase or your key file where you will find it in years.
      </p>
    </Page>
  );
}
