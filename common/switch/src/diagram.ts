import { stateDescriptions, switchStates } from "./states.ts";

/** docs/switch.md: the states and arrows, as the code has them. */
export function switchDocument(): string {
  const arrows = switchStates.flatMap((from) => stateDescriptions[from].next.map((to) => `  ${from} --> ${to}`));
  const rows = switchStates.map((state) => {
    const { means, leftBy } = stateDescriptions[state];
    return `| \`${state}\` | ${means} | ${leftBy} |`;
  });
  return [
    "# The switch",
    "",
    "Printed by `node common/switch/scripts/print-diagram.ts` from common/switch/src/states.ts; a test compares them, and another",
    "walks every arrow. All times are attended time (specs/statements.md, Time). A signed sign leads back to `armed` from everywhere",
    "but `disarmed`.",
    "",
    "```mermaid",
    "stateDiagram-v2",
    "  [*] --> draft",
    ...arrows,
    "```",
    "",
    "| state | means | left by |",
    "|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}
