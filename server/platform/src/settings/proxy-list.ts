import { isIP } from "node:net";
import * as z from "zod";

/** Addresses and networks (CIDR), separated by commas, of the proxies that tell us truly who asks. */
export const proxyList = z
  .string()
  .transform((text) => text.split(",").map((part) => part.trim()))
  .refine((parts) => parts.every(isAddressOrNetwork));

function isAddressOrNetwork(part: string): boolean {
  const [address = "", bits, ...rest] = part.split("/");
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  // Why at least one bit: a network of everybody would let everybody say who they are.
  return bits === undefined || (/^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}
