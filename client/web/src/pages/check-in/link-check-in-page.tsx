import { Link } from "@tanstack/react-router";
import { linkToken } from "../../device/link-token.ts";
import { Button } from "../../parts/button.tsx";
import { Notice } from "../../parts/notice.tsx";
import { OfflineNotice } from "../../parts/offline-notice.tsx";
import { Page } from "../../parts/page.tsx";
import { QuietShell } from "../../parts/quiet-shell.tsx";
import { afterkeep } from "../../session/afterkeep.ts";
import { useCheckIn } from "../../session/use-check-in.ts";
import { CheckInOutcome } from "../home/check-in-outcome.tsx";

/** Opening this page does nothing: only the press is a sign of life, so a program that follows links is none. */
export function LinkCheckInPage() {
  const token = linkToken();
  const checkIn = useCheckIn(() => afterkeep.checkInByToken(token));
  return (
    <QuietShell>
      <Page title="Are you here?" lead="One press, and everything begins again. You need not sign in.">
        <OfflineNotice />
        {token === "" ? (
          <Notice kind="attention" title="The link is not complete">
            <p>Nothing was counted. Please open the link from the e-mail once more, or check in from your vault.</p>
          </Notice>
        ) : checkIn.isSuccess ? null : (
          <Button
            look="here"
            busy={checkIn.isPending}
            busyLabel="Waiting for the receipt…"
            onClick={() => checkIn.mutate()}
          >
            I’m here
          </Button>
        )}
        <CheckInOutcome result={checkIn.data} error={checkIn.error} />
        {checkIn.data !== undefined && checkIn.data.pending.length > 0 ? (
          <Notice kind="attention" title="Somebody still asks for what you left">
            <p>
              A link can only put that off, by three days and once. To say no,{" "}
              <Link to="/home">sign in to your vault</Link> and press “I’m here” there.
            </p>
          </Notice>
        ) : null}
        <p className="soft small">
          A link works once, and a check-in by mail carries only so far: it stops no hand-over that has begun, and only
          puts it off by three days. Now and then, check in from <Link to="/home">your vault</Link> too.
        </p>
      </Page>
    </QuietShell>
  );
}
