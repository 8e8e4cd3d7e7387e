import { forgetKept, forgetKeptFolder } from "./kept-files.ts";
import { copyKeptStore, forgetKeptStore, putKeptStore } from "./sqlite.ts";

/* In place of the simulator's own world/disk.ts where the keyholder's files are kept in memory. */

let made = 0;

export class Disk {
  readonly folder = `/kept/${++made}`;
  readonly #store = `${this.folder}/keyholder.sqlite`;
  readonly #copies: Uint8Array[] = [];

  copyStore(): number {
    return this.#copies.push(copyKeptStore(this.#store)) - 1;
  }

  putStoreBack(copy: number): void {
    putKeptStore(this.#store, this.#copies[copy] ?? new Uint8Array());
  }

  forgetMark(): void {
    forgetKept(`${this.folder}/high-water`);
  }

  dispose(): void {
    forgetKeptStore(this.#store);
    forgetKeptFolder(this.folder);
  }
}
