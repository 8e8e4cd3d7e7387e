import { type Id, parseId, randomBytes, type RandomSource } from "@afterkeep/bytes";
import type { AgeIdentity } from "@afterkeep/formats";
import { acceptRestore } from "./accept-restore.ts";
import { getAccount, readSession } from "./account.ts";
import { arm, type ArmOptions } from "./arm.ts";
import { type ArmPreview, previewArming } from "./arm-preview.ts";
import { expectKitOfUse } from "./arm-with-kit.ts";
import { createBequest, listBequests } from "./bequests.ts";
import { askFor } from "./ask.ts";
import { checkIn, type CheckInOptions, checkInByToken, pendingRequests } from "./check-in.ts";
import { checkInByDelegate } from "./check-in-by-delegate.ts";
import { changeDocuments, type DocumentChange, removeDocuments } from "./change-documents.ts";
import type { DelegateKey } from "./delegate-key.ts";
import { createDelegate, listDelegates } from "./delegates.ts";
import { type Device, type DeviceKeyKeeper, newDeviceMemory, readSecrets } from "./device.ts";
import { disarm, pause, refuse } from "./disarm.ts";
import {
  exportAge,
  listDocuments,
  listVault,
  openDocumentRange,
  openDocumentRanges,
  openVaultDocument,
  type RangeOptions,
  readThumbnail,
  type VersionChoice,
} from "./documents.ts";
import { RefusedError } from "./errors.ts";
import { whileHeld } from "./held-uploads.ts";
import type { BequestDraft } from "./labels.ts";
import { verifyLog } from "./log.ts";
import { waitReally } from "./patience.ts";
import { listDevices, revokeDevice } from "./devices.ts";
import { confirmFreezeOrder, type FreezeOrder, readFreeze, readFreezeOrder, signFreezeOrder } from "./operator.ts";
import { discardUpload, pendingUploads } from "./pending-uploads.ts";
import type { ProfileStore } from "./profile.ts";
import { inviteRecipient, listRecipients, pinRecipient, type PinRequest, safetyWordsOf } from "./recipients.ts";
import { acceptInvitation, recipientWords, type UnlockWith, unlockRecipient } from "./recipient-key.ts";
import { openLink, readRecipientView, resumeRecipient } from "./recipient-session.ts";
import { listReleases, openRelease } from "./release.ts";
import { resumeUpload, sealItems, type SealOptions } from "./seal.ts";
import type { SealItem } from "./seal-item.ts";
import { restoreNotice } from "./restored.ts";
import { pinKeyholder, readServer } from "./server-info.ts";
import { setVersionPolicy } from "./set-version-policy.ts";
import { beginSignIn, signOut } from "./sign-in.ts";
import { beginSignUp, type SignUpRequest } from "./sign-up.ts";
import { readStatus } from "./status.ts";
import { createTransport } from "./transport.ts";
import { updateBequest } from "./update-bequest.ts";
import { memoryJournal, type UploadJournal } from "./upload-journal.ts";
import { memoryLocks, type UploadLocks } from "./upload-locks.ts";
import { readOwnVersionPolicy } from "./vault-settings.ts";
import type { DownloadOptions } from "./verify-rows.ts";
import type { VersionPolicy } from "./version-policy.ts";
import { listVersions, restoreVersion } from "./versions.ts";

export type AfterkeepOptions = {
  /** Origin, without a slash at the end. */
  readonly serverUrl: string;
  readonly channel: "cookie" | "bearer";
  readonly store: ProfileStore;
  readonly fetch?: typeof fetch;
  readonly random?: RandomSource;
  readonly now?: () => number;
  /** Where the platform keeps a signing key that cannot be copied; without, a seed lies in the secrets. */
  readonly deviceKey?: DeviceKeyKeeper;
  /** Where uploads that break off are remembered; without, only until the page or process ends. */
  readonly journal?: UploadJournal;
  /** Who else uses that journal at the same moment; without, nobody does. */
  readonly locks?: UploadLocks;
  /** Resolves after `ms`, or rejects with the signal's reason. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
};

export type Afterkeep = ReturnType<typeof createAfterkeep>;

/** Everything a person can do, on this device. Each method is one use case; the file of its name says what it verifies. */
export function createAfterkeep(options: AfterkeepOptions) {
  const device = createDevice(options);
  return { ...ownerUseCases(device), ...recipientUseCases(device), ...operatorUseCases(device) };
}

function operatorUseCases(device: Device) {
  return {
    freeze: () => readFreeze(device),
    signFreezeOrder: (seed: Uint8Array, order: FreezeOrder) => signFreezeOrder(device, seed, order),
    readFreezeOrder: (half: string) => readFreezeOrder(device, half),
    confirmFreezeOrder: (seed: Uint8Array, half: string) => confirmFreezeOrder(device, seed, half),
  };
}

function ownerUseCases(device: Device) {
  return {
    readServer: () => readServer(device),
    pinKeyholder: (fingerprint: string) => pinKeyholder(device, fingerprint),
    beginSignUp: (request: SignUpRequest) => beginSignUp(device, request),
    beginSignIn: (request: { email: string; passphrase: string }) => beginSignIn(device, request),
    signIn: async (request: { email: string; passphrase: string; totpCode: () => Promise<string> | string }) => {
      const pending = await beginSignIn(device, request);
      return pending.finish(await request.totpCode());
    },
    signOut: () => signOut(device),
    session: () => readSession(device),
    getAccount: () => getAccount(device),
    sendEmailVerification: async () => void (await device.transport.call("sendEmailVerification", {})),
    verifyEmail: async (token: string) => void (await device.transport.call("verifyEmail", { body: { token } })),

    ...documentUseCases(device),

    inviteRecipient: (person: { email: string; name: string }) => inviteRecipient(device, person),
    reinviteRecipient: async (r: string) => void (await device.transport.call("reinviteRecipient", { params: { r } })),
    listRecipients: () => listRecipients(device),
    safetyWordsOf: (r: string) => safetyWordsOf(device, r),
    pinRecipient: (r: string, request: PinRequest) => pinRecipient(device, r, request),

    createBequest: (draft: BequestDraft) => createBequest(device, draft),
    updateBequest: (b: string, draft: BequestDraft) => updateBequest(device, b, draft),
    listBequests: () => listBequests(device),
    getBequest: async (b: string) => {
      const found = (await listBequests(device)).find((one) => one.b === b);
      if (found === undefined) throw new RefusedError("not-found", "There is no such bequest.");
      return found;
    },
    previewArming: (b: string) => previewArming(device, b),
    expectKitOfUse: (b: string, preview: ArmPreview) => expectKitOfUse(device, b, preview),
    arm: (b: string, arming?: ArmOptions) => arm(device, b, arming),
    disarm: async (b: string) => disarm(device, await findId(device, b)),
    disarmAll: () => disarm(device, ""),
    pause: async (b: string, forMs: number) => pause(device, await findId(device, b), forMs),
    pauseAll: (forMs: number) => pause(device, "", forMs),

    refuse: async (b: string) => refuse(device, await findId(device, b)),
    refuseAll: () => refuse(device, ""),

    pendingRequests: () => pendingRequests(device),
    checkIn: (answering?: CheckInOptions) => checkIn(device, answering),
    checkInByToken: (token: string) => checkInByToken(device, token),
    /** Only on a device that is nothing but a delegate's file: see `delegateStore`. */
    checkInByDelegate: () => checkInByDelegate(device),
    restoreNotice: () => restoreNotice(device),
    acceptRestore: () => acceptRestore(device),
    status: () => readStatus(device),
    listDevices: () => listDevices(device),
    revokeDevice: (key: string) => revokeDevice(device, key),
    createDelegate: (keep: (key: DelegateKey) => Promise<void>) => createDelegate(device, keep),
    listDelegates: () => listDelegates(device),
    verifyLog: (after?: number) => verifyLog(device, after),
  };
}

function documentUseCases(device: Device) {
  return {
    seal: (items: readonly SealItem[], sealing?: SealOptions) => sealItems(device, items, sealing),
    pendingUploads: () => pendingUploads(device),
    resumeUpload: (ver: string, item: SealItem, sealing?: SealOptions) => resumeUpload(device, ver, item, sealing),
    discardUpload: (ver: string) => whileHeld(device.locks, [ver], () => discardUpload(device, ver)),

    listDocuments: () => listDocuments(device),
    listVault: () => listVault(device),
    openDocument: (doc: string, download?: DownloadOptions & VersionChoice) => openVaultDocument(device, doc, download),
    openRange: (doc: string, range: RangeOptions) => openDocumentRange(device, doc, range),
    openRanges: (doc: string, choice?: VersionChoice) => openDocumentRanges(device, doc, choice),
    readThumbnail: (doc: string, reading?: VersionChoice & { signal?: AbortSignal }) =>
      readThumbnail(device, doc, reading),
    exportAge: (
      doc: string,
      how: DownloadOptions & VersionChoice & { kind: "hybrid" | "x25519"; identity?: AgeIdentity },
    ) => exportAge(device, doc, how),

    changeDocuments: (changes: readonly DocumentChange[]) => changeDocuments(device, changes),
    removeDocuments: (docs: readonly string[]) => removeDocuments(device, docs),
    listVersions: (doc: string) => listVersions(device, doc),
    restoreVersion: (doc: string, ver: string) => restoreVersion(device, doc, ver),
    versionPolicy: () => readOwnVersionPolicy(device),
    setVersionPolicy: (policy: VersionPolicy) => setVersionPolicy(device, policy),
  };
}

function recipientUseCases(device: Device) {
  return {
    openInvitation: (token: string) => openLink(device, token),
    resumeRecipient: () => resumeRecipient(device),
    recipientView: () => readRecipientView(device),
    acceptInvitation: (accepting?: { passphrase?: string }) => acceptInvitation(device, accepting),
    recipientWords: () => recipientWords(device),
    unlockRecipient: (secret: UnlockWith) => unlockRecipient(device, secret),
    listReleases: () => listReleases(device),
    openRelease: (b: string) => openRelease(device, b),
    askFor: (b: string) => askFor(device, b),
    sendLink: async (email: string) => void (await device.transport.call("sendLink", { body: { email } })),
  };
}

function createDevice(options: AfterkeepOptions): Device {
  const transport = createTransport({
    serverUrl: options.serverUrl,
    channel: options.channel,
    // Why wrapped: `fetch` taken off its window throws "Illegal invocation".
    fetch: options.fetch ?? ((input, init) => fetch(input, init)),
    credentials: async () => {
      const { session, recipientSession } = await readSecrets(device);
      return { owner: session?.token ?? "", recipient: recipientSession?.token ?? "" };
    },
  });
  const device: Device = {
    serverUrl: options.serverUrl,
    channel: options.channel,
    transport,
    random: options.random ?? randomBytes,
    now: options.now ?? (() => Date.now()),
    store: options.store,
    deviceKey: options.deviceKey ?? null,
    journal: options.journal ?? memoryJournal(),
    locks: options.locks ?? memoryLocks(),
    wait: options.wait ?? waitReally,
    memory: newDeviceMemory(),
  };
  return device;
}

async function findId(device: Device, b: string): Promise<Id> {
  const { bequests } = await device.transport.call("listBequests", {});
  const found = bequests.find((one) => one.b === b);
  if (found === undefined) throw new RefusedError("not-found", "There is no such bequest.");
  return parseId(found.b);
}
