import { type BequestDraft, requestsOf } from "@afterkeep/sdk";
import { checkPolicyTimes, defaultTimes } from "@afterkeep/switch";

const words: Record<string, string> = {
  "interval-out-of-range": "The check-in interval must be between 1 and 366 days.",
  "grace-out-of-range": "The grace must be between 1 and 180 days.",
  "last-call-out-of-range": "The last call must leave at least 12 hours.",
  "reminders-not-inside-the-interval": "The reminders must lie inside the check-in interval.",
  "request-wait-out-of-range": "Whoever may ask must leave you at least 3 days to say no, and at most 366.",
  "delay-out-of-range": "A person can wait for at most 366 days.",
};

/** What the keyholder would refuse, found by the same rules before anything is signed. */
export function timesProblems({ times, recipients }: Pick<BequestDraft, "times" | "recipients">): string[] {
  const requests = requestsOf(recipients);
  const { weakMax, unreachableExtra } = defaultTimes(times.interval);
  return checkPolicyTimes({ times, requests, recipients, weakMax, unreachableExtra }).map(
    (code) => words[code] ?? code,
  );
}
