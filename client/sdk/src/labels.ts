import { decodeBase64url, encodeBase64url, type Id, MalformedError, parseId } from "@afterkeep/bytes";
import { DecryptionError } from "@afterkeep/crypto";
import {
  countField,
  type Field,
  idField,
  isJcsObject,
  jcsCodec,
  listField,
  objectField,
  parsedField,
  parseHybridRecipient,
  textField,
} from "@afterkeep/formats";
import type { AgeRecipient } from "@afterkeep/formats";
import { openLabel, sealLabel } from "@afterkeep/sealing";
import { type WeakClass, weakClasses } from "@afterkeep/switch";
import { RefusedError } from "./errors.ts";
import type { OwnerKeys } from "./owner-keys.ts";
import type { RandomSource } from "@afterkeep/bytes";

export type SwitchTimes = {
  readonly interval: number;
  readonly reminders: readonly number[];
  readonly grace: number;
  readonly lastCall: number;
};

/** A person in a plan. ms: `delay` counts from the release; without `requestWait` (or with 0) they may not ask for it. */
export type DraftRecipient = { readonly r: Id; readonly delay: number; readonly requestWait?: number };

/** What the owner plans. ms throughout. */
export type BequestDraft = {
  /** The owner's own name for it; recipients never see it. */
  readonly title: string;
  readonly message: string;
  readonly recipients: readonly DraftRecipient[];
  readonly documents: readonly Id[];
  readonly times: SwitchTimes;
  /** What counts for a while beside the owner's own check-ins; mail links alone where it says nothing. */
  readonly weak?: readonly WeakClass[];
};

/** Which documents carry a stanza for which generation; needed to rewrite their headers, which do not say it themselves. */
export type KnownGeneration = { readonly g: number; readonly bi: AgeRecipient; readonly documents: readonly Id[] };
export type BequestLabel = { readonly draft: BequestDraft; readonly generations: readonly KnownGeneration[] };
export type RecipientLabel = { readonly name: string };

const maxLabelBytes = 90_000;
/** The bound one, those that came after it and may cool, and the attempt under way. */
const maxGenerations = 8;
type AskingRecipient = Required<DraftRecipient>;
const plainRecipient = objectField<Omit<DraftRecipient, "requestWait">>({ r: idField, delay: countField() });
const askingRecipient = objectField<AskingRecipient>({ r: idField, delay: countField(), requestWait: countField() });
// Why two forms: labels that were sealed before anybody could ask stay as they are.
const draftRecipientField: Field<DraftRecipient> = {
  encode: ({ r, delay, requestWait = 0 }) =>
    requestWait === 0 ? plainRecipient.encode({ r, delay }) : askingRecipient.encode({ r, delay, requestWait }),
  decode: (value) =>
    isJcsObject(value) && Object.hasOwn(value, "requestWait")
      ? askingRecipient.decode(value)
      : plainRecipient.decode(value),
};
const plainFields = {
  title: textField(1024),
  message: textField(65_536),
  recipients: listField(draftRecipientField, 64),
  documents: listField(idField, 1000),
  times: objectField<SwitchTimes>({
    interval: countField(),
    reminders: listField(countField(), 16),
    grace: countField(),
    lastCall: countField(),
  }),
};
const weakField: Field<WeakClass> = parsedField((text) => {
  const found = weakClasses.find((one) => one === text);
  if (found === undefined) throw new MalformedError("label");
  return found;
});
const plainDraft = objectField<Omit<BequestDraft, "weak">>(plainFields);
const choosingDraft = objectField<Required<BequestDraft>>({
  ...plainFields,
  weak: listField(weakField, weakClasses.length),
});
// Why two forms: for the reason of a recipient's.
const draftField: Field<BequestDraft> = {
  encode: ({ weak, ...plain }) =>
    weak === undefined ? plainDraft.encode(plain) : choosingDraft.encode({ ...plain, weak }),
  decode: (value) =>
    isJcsObject(value) && Object.hasOwn(value, "weak") ? choosingDraft.decode(value) : plainDraft.decode(value),
};
const generationField = objectField<KnownGeneration>({
  g: countField(),
  bi: parsedField(parseHybridRecipient),
  documents: listField(idField, 1000),
});

export const bequestLabelCodec = jcsCodec<BequestLabel>(
  objectField<BequestLabel>({ draft: draftField, generations: listField(generationField, maxGenerations) }),
  maxLabelBytes,
);
export const recipientLabelCodec = jcsCodec<RecipientLabel>(
  objectField<RecipientLabel>({ name: textField(512) }),
  maxLabelBytes,
);

type Codec<T> = Parameters<typeof openLabel<T>>[2];
type LabelRow = { readonly id: string; readonly label: string; readonly labelRev: number };

/** Opens a label of the server's. A label that does not open was changed or mixed up. */
export function readLabel<T>(keys: OwnerKeys, codec: Codec<T>, row: LabelRow): T {
  const place = { account: keys.account, id: parseId(row.id), rev: row.labelRev };
  try {
    return openLabel(keys.rootKey, place, codec, decodeBase64url(row.label));
  } catch (error) {
    if (!(error instanceof DecryptionError)) throw error;
    throw new RefusedError("document-forged", "A sealed label from the server was changed, so it was not used.", {
      cause: error,
    });
  }
}

export function writeLabel<T>(
  keys: OwnerKeys,
  codec: Codec<T>,
  id: Id,
  rev: number,
  label: T,
  random: RandomSource,
): string {
  return encodeBase64url(sealLabel(keys.rootKey, { account: keys.account, id, rev }, codec, label, random));
}
