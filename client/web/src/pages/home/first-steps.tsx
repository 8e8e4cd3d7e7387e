import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Tag } from "../../parts/tag.tsx";
import { bequestsQuery, documentsQuery, recipientsQuery } from "../../session/queries.ts";

type Step = { to: "/settings" | "/documents" | "/people" | "/bequests"; title: string; why: string; done: boolean };

/** Gone once everything is done: it is a beginning, not a decoration. */
export function FirstSteps({ emailVerified }: { emailVerified: boolean }) {
  const documents = useQuery(documentsQuery);
  const recipients = useQuery(recipientsQuery);
  const bequests = useQuery(bequestsQuery);
  if (!documents.data || !recipients.data || !bequests.data) return null;
  const steps: Step[] = [
    { to: "/settings", title: "Confirm your e-mail address", why: "Reminders go there.", done: emailVerified },
    {
      to: "/documents",
      title: "Put something in",
      why: "Papers, photographs, a note.",
      done: documents.data.length > 0,
    },
    {
      to: "/people",
      title: "Invite somebody, and compare safety words",
      why: "So that only they can open it.",
      done: recipients.data.some((person) => person.pin !== null && person.pin.verified !== "none"),
    },
    {
      to: "/bequests",
      title: "Write a bequest, and arm it",
      why: "Who receives what, and when.",
      done: bequests.data.some((bequest) => bequest.g > 0),
    },
  ];
  if (steps.every((step) => step.done)) return null;
  return (
    <section className="card" aria-labelledby="first-steps">
      <h2 id="first-steps">First steps</h2>
      <ol className="list">
        {steps.map((step) => (
          <li key={step.title} className="row row-between">
            <div className="grow">
              <Link to={step.to} className="list-title">
                {step.title}
              </Link>
              <p className="soft small">{step.why}</p>
            </div>
            <Tag tone={step.done ? "good" : "calm"}>{step.done ? "Done" : "To do"}</Tag>
          </li>
        ))}
      </ol>
    </section>
  );
}
