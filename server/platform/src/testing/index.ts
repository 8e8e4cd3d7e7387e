export { aManualClock, type ManualClock } from "./manual-clock.ts";
export { aSlowMailServer } from "./a-slow-mail-server.ts";
export { type TestDatabase, type TestRole, withDatabase } from "./with-database.ts";
export { type TestMachine, withMachine } from "./zone-places.ts";
