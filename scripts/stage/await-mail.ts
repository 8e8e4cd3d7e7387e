import { setTimeout as wait } from "node:timers/promises";
import type { Mail, Product } from "./product.ts";

export type WantedMail = {
  readonly to: string;
  readonly link: "verify" | "invite" | "open" | "checkin";
  readonly after?: ReadonlySet<string>;
};

/** Waits until a mail with such a link has arrived, and answers it with the link. Gives up after `limitMs` of real time. */
export async function awaitMail(
  product: Product,
  wanted: WantedMail,
  limitMs = 60_000,
): Promise<{ mail: Mail; link: string }> {
  for (let waited = 0; waited < limitMs; waited += 200) {
    for (const mail of await product.mails(wanted.to)) {
      if (wanted.after?.has(mail.id) === true) continue;
      const link = new RegExp(`https?://\\S+/${wanted.link}#[A-Za-z0-9_-]{43}`).exec(mail.text)?.[0];
      if (link !== undefined) return { mail, link };
    }
    await wait(200);
  }
  throw new Error(`No mail with a /${wanted.link} link reached ${wanted.to} within ${limitMs / 1000} s.`);
}

/** The mails that are there already, so that an old one is not taken for a new one. */
export async function mailsSoFar(product: Product, to: string): Promise<ReadonlySet<string>> {
  return new Set((await product.mails(to)).map(({ id }) => id));
}
