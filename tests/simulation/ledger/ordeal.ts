/** What a world has to live through from its first day to its last, besides its misfortune. */
export const ordeals = ["none", "half days", "reboots", "dead clock zone", "lying clock zone"] as const;
export type Ordeal = (typeof ordeals)[number];
