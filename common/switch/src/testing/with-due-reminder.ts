import { deriveSwitch } from "../derive.ts";
import type { SwitchHistory } from "../history.ts";
import type { SwitchPolicy } from "../policy.ts";
import { applyReminderAccepted } from "../reminders.ts";

/** The reminder that is due now is accepted; none if none is. */
export function withDueReminder(policy: SwitchPolicy, history: SwitchHistory, now: number): SwitchHistory {
  const due = deriveSwitch(policy, history, now).actions.find((action) => action.do === "remind");
  if (due === undefined) return history;
  const { phase, index } = due;
  return applyReminderAccepted(policy, history, { phase, index, lastSign: history.lastSign?.id ?? "" }, now).history;
}
