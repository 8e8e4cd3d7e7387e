import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { linkToken } from "../device/link-token.ts";
import { Button } from "../parts/button.tsx";
import { Notice } from "../parts/notice.tsx";
import { Page } from "../parts/page.tsx";
import { ProblemNotice } from "../parts/problem-notice.tsx";
import { QuietShell } from "../parts/quiet-shell.tsx";
import { afterkeep } from "../session/afterkeep.ts";
import { useEnter } from "../session/use-session.ts";

/** Why a press: programs that look through mail open links too, and none of them should confirm an address. */
export function VerifyPage() {
  const token = linkToken();
  const enter = useEnter();
  const verify = useMutation({
    mutationFn: async () => {
      await afterkeep.verifyEmail(token);
      await enter();
    },
  });
  return (
    <QuietShell>
      <Page title="Confirm your e-mail address" lead="So that reminders reach you before anything else happens.">
        {verify.isSuccess ? (
          <>
            <Notice kind="good" title="Thank you, your address is confirmed" announce>
              <p>Reminders and the last call can now be sent to it.</p>
            </Notice>
            <Link to="/home" className="button">
              Go to your vault
            </Link>
          </>
        ) : token === "" ? (
          <Notice kind="attention" title="The link is not complete">
            <p>Please open it from the e-mail once more. You can have a new one sent in the settings of your vault.</p>
          </Notice>
        ) : (
          <>
            <ProblemNotice error={verify.error} />
            <Button wide busy={verify.isPending} onClick={() => verify.mutate()}>
              Yes, this is my address
            </Button>
          </>
        )}
      </Page>
    </QuietShell>
  );
}
