import type { Rule } from "../rule.ts";
import { e2 } from "./e2-as-accepted.ts";
import { e4 } from "./e4-taken-back.ts";
import { e5 } from "./e5-told.ts";
import { e6 } from "./e6-mirror.ts";
import { l11Granted, l1Granted } from "./l1-granted.ts";
import { l1, l11, l12, l2, l3, l4, l6, l7 } from "./l1-due.ts";
import { f1, f3 } from "./f-freezes.ts";
import { q1 } from "./q1-who-may-ask.ts";
import { q2 } from "./q2-one-at-a-time.ts";
import { q3 } from "./q3-opens.ts";
import { s1 } from "./s1-whole-ladder.ts";
import { s2 } from "./s2-receipts-hold.ts";
import { s3 } from "./s3-not-while-stopped.ts";
import { s3ByRequest } from "./s3-by-request.ts";
import { s4 } from "./s4-right-things.ts";
import { s5 } from "./s5-cooling.ts";
import { s7 } from "./s7-weak-signs.ts";
import { s8 } from "./s8-held-after-restore.ts";
import { s9 } from "./s9-last-call.ts";

/** Every check that a decision, a grant, a shown switch, a restore, a weak sign or a request goes through. E1 and E3: see the ledger. */
export const rules: readonly Rule[] = [
  ...[s1, s2, s3, s3ByRequest, s4, s5, s7, s8, s9],
  ...[e2, e4, e5, e6],
  ...[f1, f3],
  ...[q1, q2, q3],
  ...[l1, l1Granted, l2, l3, l4, l6, l7, l11, l11Granted, l12],
];
