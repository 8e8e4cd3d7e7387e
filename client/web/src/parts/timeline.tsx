import type { DatedStep } from "../words/times-in-words.ts";

export function Timeline({ steps }: { steps: readonly DatedStep[] }) {
  return (
    <ol className="timeline">
      {steps.map((step) => (
        <li key={`${step.at}-${step.what}`} data-last={step.last}>
          <span className="when">{step.when}</span>
          {step.what}
        </li>
      ))}
    </ol>
  );
}
