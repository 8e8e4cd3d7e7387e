import { useMutation } from "@tanstack/react-query";
import { Button } from "../../parts/button.tsx";
import { Notice } from "../../parts/notice.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { afterkeep } from "../../session/afterkeep.ts";

export function VerifyEmailNotice({ email }: { email: string }) {
  const send = useMutation({ mutationFn: () => afterkeep.sendEmailVerification() });
  return (
    <Notice kind="attention" title="Please confirm your e-mail address">
      <p>
        A mail with a link went to {email}. Until it is opened, no bequest can be armed: reminders would go nowhere.
      </p>
      <ProblemNotice error={send.error} />
      <div>
        {send.isSuccess ? (
          <p role="status">A new mail is on its way.</p>
        ) : (
          <Button look="quiet" busy={send.isPending} onClick={() => send.mutate()}>
            Send the mail again
          </Button>
        )}
      </div>
    </Notice>
  );
}
