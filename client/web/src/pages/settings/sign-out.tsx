import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Button } from "../../parts/button.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { useLeave } from "../../session/use-session.ts";

export function SignOut() {
  const leave = useLeave();
  const navigate = useNavigate();
  const signOut = useMutation({
    mutationFn: leave,
    onSuccess: () => navigate({ to: "/sign-in" }),
  });
  return (
    <section className="card" aria-labelledby="sign-out">
      <h2 id="sign-out">Sign out</h2>
      <p>
        To check in from here afterwards you sign in again. Closing the page locks the vault too, and keeps the “I’m
        here” button working for half an hour.
      </p>
      <ProblemNotice error={signOut.error} />
      <div>
        <Button look="second" busy={signOut.isPending} onClick={() => signOut.mutate()}>
          Sign out
        </Button>
      </div>
    </section>
  );
}
