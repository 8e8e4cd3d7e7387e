import manifest from "../../package.json" with { type: "json" };
import type { Operation } from "./operation.ts";

export const apiVersion = manifest.version;

export const getServer: Operation<"getServer"> = async ({ services }) => {
  const [keyholder, now, logVerifierKey] = await Promise.all([
    services.keyholder.info({}),
    services.productTime.nowMs(),
    services.logVerifierKey(),
  ]);
  const { mode, publicUrl } = services;
  return { product: "afterkeep", version: apiVersion, mode, publicUrl, now, keyholder, logVerifierKey };
};
