import { accountRoutes } from "./accounts.ts";
import { bequestRoutes } from "./bequests.ts";
import { documentRoutes } from "./documents.ts";
import { recipientRoutes } from "./recipients.ts";
import { statementRoutes } from "./statements.ts";

/** Every public route, by operation id. The api serves exactly these, the SDK calls exactly these. */
export const routes = {
  ...accountRoutes,
  ...statementRoutes,
  ...documentRoutes,
  ...bequestRoutes,
  ...recipientRoutes,
};
export type RouteName = keyof typeof routes;
