import { setTimeout as wait } from "node:timers/promises";
import type { Product } from "../../../scripts/stage/product.ts";
import { withProduct } from "../web/a-product.ts";

export type OpenProduct = Product & {
  /** The newest link of a kind that a mailbox holds, once it is there and is not `other`. */
  link(to: string, page: string, other?: string): Promise<string>;
  close(): Promise<void>;
};

/** withProduct for stories that are told in several tests: open before the first, closed after the last. */
export function openProduct(options: Parameters<typeof withProduct>[0]): Promise<OpenProduct> {
  return new Promise((resolve, reject) => {
    const life: Promise<void> = withProduct(options, (product) => {
      return new Promise<void>((finish) => {
        const close = async (): Promise<void> => {
          finish();
          await life;
        };
        resolve({ ...product, link: (to, page, other) => awaitLink(product, to, page, other), close });
      });
    });
    life.catch(reject);
  });
}

/**
 * Asks again until there is an answer: outside processes have no clock that a test could turn.
 * @param everyMs longer where each question starts a process
 */
export async function until<T>(ask: () => Promise<T | null>, everyMs = 250): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    await wait(everyMs);
  }
}

function awaitLink(product: Product, to: string, page: string, other = ""): Promise<string> {
  const pattern = new RegExp(`http\\S+/${page}#[A-Za-z0-9_-]{43}`);
  return until(async () => {
    const links = (await product.mails(to)).flatMap(({ text }) => pattern.exec(text)?.[0] ?? []);
    const newest = links[0];
    return newest === undefined || newest === other ? null : newest;
  });
}
