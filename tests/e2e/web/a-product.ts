import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Mail, type Product, type ProductOptions, startProduct } from "../../../scripts/stage/product.ts";

export type { Mail, Product };

/** The whole product as `npm start` starts it, in a folder and on ports of its own; stopped and removed at the end. */
export async function withProduct(
  options: Pick<ProductOptions, "mode" | "factor" | "environment">,
  work: (product: Product) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "afterkeep-e2e-"));
  try {
    const product = await startProduct({ ...options, data: join(folder, "data") });
    await work(product).finally(() => product.stop());
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
