import { useQuery } from "@tanstack/react-query";
import { Link, Navigate } from "@tanstack/react-router";
import { Page } from "../../parts/page.tsx";
import { QuietShell } from "../../parts/quiet-shell.tsx";
import { rememberedQuery } from "../../session/queries.ts";

const steps = [
  {
    when: "You put in what matters",
    what: "Papers, photographs, passwords, a letter. They are sealed on your own device before they leave it.",
  },
  {
    when: "You choose who receives what",
    what: "And you compare eight words with each of them by phone, so that nobody can stand in between.",
  },
  {
    when: "You say “I’m here” now and then",
    what: "One press, once a month or however often you like. Each time you get signed proof that it counted.",
  },
  {
    when: "If you stop, the right people are told",
    what: "After several reminders and a last call to you. Until then nobody can open anything, whoever runs this server included.",
  },
];

/** The front door. Somebody this browser knows goes straight home. */
export function WelcomePage() {
  const remembered = useQuery(rememberedQuery);
  if (remembered.data) return <Navigate to="/home" replace />;
  return (
    <QuietShell roomy>
      <Page
        title="The right papers, to the right people, if one day you cannot hand them over yourself"
        lead="A sealed place for what others would need. It stays closed as long as you say that you are here."
      >
        <div className="row">
          <Link to="/sign-up" className="button">
            Set up your vault
          </Link>
          <Link to="/sign-in" className="button button-second">
            Sign in
          </Link>
        </div>
        <section className="card" aria-labelledby="how">
          <h2 id="how">How it works</h2>
          <ol className="timeline">
            {steps.map((step) => (
              <li key={step.when}>
                <span className="when">{step.when}</span>
                {step.what}
              </li>
            ))}
          </ol>
        </section>
        <p className="soft">
          Were you invited by somebody, or told that something was left for you? Use the link in that e-mail: you need
          no account.
        </p>
      </Page>
    </QuietShell>
  );
}
