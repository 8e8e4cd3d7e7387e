import type { Mail, Product } from "./a-product.ts";

/** Waits for a mail to `to` that carries a link to this page; answers the newest such link. Says what came instead if none comes. */
export async function awaitLink(product: Product, to: string, path: string): Promise<string> {
  const signal = AbortSignal.timeout(180_000);
  for (;;) {
    const mails = await product.mails(to);
    const link = mails.map(linksOf).find((links) => links.some((one) => one.startsWith(`${product.url}${path}#`)))?.[0];
    if (link !== undefined) return link;
    if (signal.aborted)
      throw new Error(`no link to ${path} came to ${to}, only: ${mails.map((mail) => mail.subject).join("; ")}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function linksOf({ text }: Mail): string[] {
  return text.match(/http:\/\/localhost:\d+\/[a-z]+#[A-Za-z0-9_-]{43}/g) ?? [];
}
