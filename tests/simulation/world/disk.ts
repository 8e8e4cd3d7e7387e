import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const storeFiles = ["keyholder.sqlite", "keyholder.sqlite-wal"];
const place = () => join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "afterkeep-simulation-");

/** Where a keyholder keeps its files: folders that are made, copied and put back as an operator would. */
export class Disk {
  readonly folder = mkdtempSync(place());
  readonly #copies: string[] = [];

  /** @returns what `putBack` takes */
  copyStore(): number {
    const copy = mkdtempSync(`${this.folder}-copy-`);
    for (const name of storeFiles) copyFile(this.folder, copy, name);
    return this.#copies.push(copy) - 1;
  }

  putStoreBack(copy: number): void {
    for (const name of [...storeFiles, "keyholder.sqlite-shm"]) rmSync(join(this.folder, name), { force: true });
    for (const name of storeFiles) copyFile(this.#copies[copy] ?? "", this.folder, name);
  }

  forgetMark(): void {
    rmSync(join(this.folder, "high-water"), { force: true });
  }

  dispose(): void {
    for (const folder of [this.folder, ...this.#copies]) rmSync(folder, { recursive: true, force: true });
  }
}

function copyFile(from: string, to: string, name: string): void {
  if (existsSync(join(from, name))) cpSync(join(from, name), join(to, name));
}
