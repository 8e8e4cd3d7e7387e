export {
  type DerivedSwitch,
  isStill,
  type ReleaseTrigger,
  releaseTriggers,
  type ReminderPhase,
  reminderPhases,
  stateDescriptions,
  type SwitchAction,
  type SwitchState,
  switchStates,
  type WaitsFor,
  waitsForValues,
} from "./states.ts";
export {
  coolingMs,
  dayMs,
  firstArmingMs,
  holdFloorMs,
  hourMs,
  lastCallFloorMs,
  requestFloorMs,
  requestWait,
  type SignClass,
  signClasses,
  type SwitchGuardians,
  type SwitchPolicy,
  type SwitchRecipient,
  type SwitchRequester,
  type SwitchTimes,
  type WeakClass,
  weakClasses,
  weakPutOffMs,
} from "./policy.ts";
export {
  type AcceptedReminder,
  emptyHistory,
  isFetched,
  type SlotStage,
  slotStages,
  type SwitchHistory,
  type SwitchRequest,
  type SwitchSign,
  type SwitchSlot,
} from "./history.ts";
export { SwitchError } from "./switch-error.ts";
export { deriveSwitch } from "./derive.ts";
export { applyReminderAccepted, type ReminderRef } from "./reminders.ts";
export { type AppliedSign, applyDeviceRevoked, applyDisarm, applySign, type SignRefusal } from "./sign.ts";
export { applyCoolingActivation, applyFirstPolicy, applyPolicy, type BoundPolicy } from "./bind.ts";
export { applyDecision, applyFetched, applyGrant, applyLastCallAccepted } from "./facts.ts";
export { suspendedFor } from "./suspend.ts";
export { applyRequest, applyRequestsCalled } from "./ask.ts";
export { askAgainMs, openRequests } from "./requests.ts";
export { requestLeft } from "./left.ts";
export { type FrozenBy, frozenSwitch } from "./freeze.ts";
export {
  applyFreeze,
  applyFreezeEnded,
  applyFreezePassed,
  freezeCoolDownMs,
  freezesInARow,
  freezesLeft,
  type IncidentFreeze,
  isFrozen,
  longestFreezeMs,
  neverFrozen,
  shortestFreezeMs,
} from "./incident-freeze.ts";
export { applyThaw } from "./thaw.ts";
export { applyGap, gapFloorMs } from "./gaps.ts";
export { applyHoldLifted, applyMissedSign, applyRestore } from "./hold.ts";
export { applyLostPause, applyPause, longestPauseMs } from "./pause.ts";
export { applyTriedInVain, unreachableEnd } from "./unreachable.ts";
export { checkPolicyTimes, defaultTimes, type PolicyTimes, timeLimits } from "./limits.ts";
export { loosens } from "./loosening.ts";
