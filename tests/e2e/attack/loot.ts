import { type Id, parseId } from "@afterkeep/bytes";
import {
  type AgeIdentity,
  type AgeRecipient,
  ageOpenSmall,
  bequestContext,
  openInner,
  openOuter,
  openPath,
} from "@afterkeep/formats";

const ageMagic = "age-encryption.org/v1\n";

/** Everything that attackers got hold of: taken apart to its last layer of JSON, JWS, base64url and hex. */
export class Loot {
  readonly #texts = new Set<string>();
  /** 32-byte values, hex: everything that could be a share or a gate key. */
  readonly secrets = new Set<string>();
  /** Whole age files, by their base64url. */
  readonly files = new Map<string, Buffer>();

  add(found: string | Uint8Array): void {
    if (typeof found === "string") this.#addText(found);
    else this.#addBytes(Buffer.from(found));
  }

  #addText(text: string): void {
    if (this.#texts.has(text)) return;
    this.#texts.add(text);
    for (const [token] of text.matchAll(/[A-Za-z0-9_-]{22,}/g)) this.#addToken(token);
    for (const [, hex] of text.matchAll(/\\x([0-9a-f]{2,})/g)) this.#addBytes(Buffer.from(hex ?? "", "hex"));
  }

  #addToken(token: string): void {
    if (this.#texts.has(token)) return;
    this.#texts.add(token);
    this.#addBytes(Buffer.from(token, "base64url"));
  }

  #addBytes(bytes: Buffer): void {
    if (bytes.length === 32) this.secrets.add(bytes.toString("hex"));
    if (bytes.subarray(0, ageMagic.length).toString("latin1") === ageMagic)
      this.files.set(bytes.toString("base64url"), bytes);
    else if (bytes.length > 1 && (bytes[0] === 0x7b || bytes[0] === 0x5b)) this.#addText(bytes.toString("utf8"));
  }
}

/** A gate as anybody can see it: where it stands, and its two sealed parts. */
export type Door = {
  readonly account: Id;
  readonly b: string;
  readonly g: number;
  readonly r: string;
  readonly ageKey: AgeRecipient;
  readonly ownerThumb: Uint8Array;
  readonly outer: Uint8Array;
  readonly path: Uint8Array;
};

export type Opened = {
  readonly files: number;
  readonly doors: readonly Door[];
  readonly identities: readonly AgeIdentity[];
};

/**
 * Tries every secret at hand on every door and every identity on every age file, again with whatever that gives, until nothing new
 * opens. `identities`: keys of the attackers' own.
 */
export async function openEverything(
  loot: Loot,
  doors: readonly Door[],
  identities: readonly AgeIdentity[],
): Promise<Opened> {
  const found = new Set<AgeIdentity>(identities);
  const open = new Set<Door>();
  const opened = new Map<string, Buffer>();
  for (let before = -1; before !== opened.size + open.size;) {
    before = opened.size + open.size;
    await openFiles(loot, found, opened);
    for (const door of doors) {
      const behind = open.has(door) ? null : await tryDoor(loot, door, [...found]);
      if (behind === null) continue;
      open.add(door);
      found.add(behind);
    }
  }
  return { files: opened.size, doors: [...open], identities: [...found].filter((one) => !identities.includes(one)) };
}

async function openFiles(loot: Loot, identities: ReadonlySet<AgeIdentity>, opened: Map<string, Buffer>): Promise<void> {
  for (const [name, file] of loot.files) {
    if (opened.has(name)) continue;
    for (const identity of identities) {
      const plain = await ageOpenSmall(identity, new Uint8Array(file)).catch(() => null);
      if (plain === null) continue;
      opened.set(name, Buffer.from(plain));
      loot.add(plain);
    }
  }
}

async function tryDoor(loot: Loot, door: Door, identities: readonly AgeIdentity[]): Promise<AgeIdentity | null> {
  const { account, b, g, r, ageKey } = door;
  const context = bequestContext({ account, b: parseId(b), g, r: parseId(r), recipient: ageKey });
  for (const secret of loot.secrets) {
    const key = new Uint8Array(Buffer.from(secret, "hex"));
    const inner = quietly(() =>
      openOuter(quietly(() => openPath(key, context, door.path)) ?? key, context, door.outer),
    );
    if (inner === null) continue;
    for (const identity of identities) {
      const behind = await openInner(identity, inner, context, door.ownerThumb).catch(() => null);
      if (behind !== null) return behind;
    }
  }
  return null;
}

function quietly<T>(open: () => T): T | null {
  try {
    return open();
  } catch {
    return null;
  }
}
