export { type ApiOptions, type RunningApi, startApi } from "./start-api.ts";
export { type ApiLimits, type ApiTables, defaultLimits, type Services } from "./services.ts";
export { describeApi } from "./http/openapi.ts";
export { acceptedTotpStep } from "./access/second-factor.ts";
export { removeRetired, sweepOrphans, tidyUp } from "./objects/upkeep.ts";
export { settleOffers } from "./operations/settle-offers.ts";
