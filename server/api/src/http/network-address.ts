import { isIPv6 } from "node:net";

/** What one household or one machine has of an address: the whole of an IPv4 one, the first 64 bits of an IPv6 one. */
export function networkAddressOf(address: string): string {
  const plain = plainAddressOf(address);
  if (!isIPv6(plain)) return plain;
  const [head = "", tail] = (plain.split("%")[0] ?? "").toLowerCase().split("::");
  const [first, last] = [groupsOf(head), groupsOf(tail ?? "")];
  const missing = tail === undefined ? 0 : 8 - first.length - last.length;
  const groups = [...first, ...Array<string>(missing).fill("0"), ...last];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":")}::/64`;
}

/** An IPv4 address that came mapped into IPv6 as what it is. */
export function plainAddressOf(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, "");
}

function groupsOf(text: string): string[] {
  return text === "" ? [] : text.split(":");
}
