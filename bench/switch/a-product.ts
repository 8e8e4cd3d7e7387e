import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseConfig } from "@afterkeep/platform";
import { type Product, startProduct } from "../../scripts/stage/product.ts";

/** A data folder in which the product is started and stopped. */
export type ProductFolder = {
  readonly data: string;
  start(): Promise<Product>;
  /** The product's own database, as its administrator, while it runs. */
  admin(): Promise<DatabaseConfig>;
};

export async function withProductFolder<Result>(work: (folder: ProductFolder) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "ak-bench-"));
  const data = join(folder, "data");
  const running: Product[] = [];
  try {
    return await work({
      data,
      start: async () => {
        const product = await startProduct({ data, mode: "local" });
        running.push(product);
        return product;
      },
      admin: async () => ({
        host: join(data, "postgres", "socket"),
        port: 5432,
        user: "ak_superuser",
        password: (await readFile(join(data, "secrets", "ak_superuser"), "utf8")).trim(),
        database: "afterkeep",
      }),
    });
  } finally {
    await Promise.all(running.map((product) => product.stop()));
    await rm(folder, { recursive: true, force: true });
  }
}
