import type { Operation } from "./operation.ts";

/** The keyholder's signed word; carried as it is. */
export const getFreeze: Operation<"getFreeze"> = ({ services }) => services.keyholder.freezeState({});
