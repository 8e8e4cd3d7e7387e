import { describe, expect, it } from "vitest";
import { probeKindOf } from "./probe-kind.ts";

describe("from where the probe comes in", () => {
  it.each([
    ["self", ["localhost", "vault.localhost", "127.0.0.1", "127.8.0.1", "[::1]"]],
    [
      "lan",
      ["10.0.0.7", "192.168.1.2", "169.254.3.4", "172.16.0.1", "172.31.255.1", "[fc00::1]", "[fd12::3]", "[fe80::1]"],
    ],
    ["lan", ["vault", "vault.local", "vault.lan", "vault.internal", "vault.home.arpa"]],
    ["public", ["vault.example.org", "172.15.0.1", "172.32.0.1", "11.0.0.1", "192.169.0.1", "[2001:db8::1]", "[::2]"]],
    ["public", ["local.example.org", "mylocalhost.org", "128.0.0.1"]],
  ] as const)("is %s for %j", (kind, hosts) => {
    for (const host of hosts) expect([host, probeKindOf(`http://${host}:8080`)]).toEqual([host, kind]);
  });
});
