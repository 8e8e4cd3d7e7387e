import type { Operation } from "./operation.ts";

/** Carries the keyholder's nonce back to it: it learns that its owners can reach this address. */
export const probe: Operation<"probe"> = ({ services }, { body }) => services.keyholder.probe(body);
