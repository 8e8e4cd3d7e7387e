import type { Operation } from "./operation.ts";
import { readRecipientView } from "./recipient-view.ts";

export const getRecipientView: Operation<"getRecipientView"> = (call) => readRecipientView(call, call.actor);
