import type { ColumnType } from "kysely";

/** Read as a 22-character id, written as canonical uuid text (`pgId`). */
export type UuidColumn = ColumnType<string, string, string>;
export type UuidArrayColumn = ColumnType<string[], string[], string[]>;
type Optional<Type> = ColumnType<Type, Type | undefined, Type>;

/** Tables of sql/migrations/0001-core.sql, 0005-parts-and-revisions.sql and 0007-offered-manifests.sql. Every row belongs to a tenant and is seen under row-level security only. */
export type CoreTables = {
  account: {
    id: UuidColumn;
    dek: string;
    email: Buffer;
    email_index: Buffer;
    email_verified: Optional<boolean>;
    name: Buffer;
    opaque_record: string;
    totp_secret: Buffer;
    totp_last_step: number;
    totp_failures: Optional<number>;
    locked_until: Optional<number>;
    keyring_version: number;
    keyring: Buffer;
    created_at: number;
  };
  account_slot: { tenant: UuidColumn; slot_id: UuidColumn; kind: "opaque" | "kit"; epoch: number; wrapped: Buffer };
  recipient: {
    tenant: UuidColumn;
    r: UuidColumn;
    email: Buffer;
    email_index: Buffer;
    state: Optional<"invited" | "accepted">;
    age_key: Optional<string>;
    key_open: Optional<boolean>;
    /** JSON of a recipient's slot, as the contract has it. */
    slot: ColumnType<unknown, string | null | undefined, string | null>;
    label: Buffer;
    label_rev: Optional<number>;
    bounced: Optional<boolean>;
    created_at: number;
  };
  session: {
    token_hash: Buffer;
    tenant: UuidColumn;
    kind: "owner" | "recipient";
    channel: "cookie" | "bearer";
    recipient: ColumnType<string | null, string | null, string | null>;
    created_at: number;
    seen_at: number;
    idle_ms: number;
    absolute_expiry: number;
  };
  ticket: {
    token_hash: Buffer;
    tenant: UuidColumn;
    purpose: "register" | "sign-in";
    state: Buffer;
    attempts: Optional<number>;
    expires_at: number;
  };
  link_token: {
    hash: Buffer;
    tenant: UuidColumn;
    kind: "verify" | "invite" | "open";
    recipient: ColumnType<string | null, string | null, string | null>;
    created_at: number;
    expires_at: number | null;
  };
  statement: {
    tenant: UuidColumn;
    id: Buffer;
    kind:
      | ("key" | "delegate" | "pin" | "policy" | "manifest" | "disarm" | "pause" | "refuse" | "revoke-device")
      | ("checkin" | "token" | "attested");
    seq: number | null;
    jws: string;
    receipt: string;
    receipt_epoch: number;
    receipt_counter: number;
    accepted_at: number;
    /** Written by the database where it keeps one: another receipt of this account had its number already, or its statement was given another one. */
    clashes: Optional<boolean>;
  };
  document: {
    tenant: UuidColumn;
    doc: UuidColumn;
    ver: UuidColumn;
    state: Optional<"pending" | "committed" | "retired">;
    header: Buffer;
    header_rev: Optional<number>;
    confirmed_header: ColumnType<Buffer | null, Buffer | null | undefined, Buffer | null>;
    payload_len: number;
    object_len: number;
    object_sha256: ColumnType<Buffer | null, Buffer | null | undefined, Buffer | null>;
    created_at: number;
    touched_at: number;
    retired_at: ColumnType<number | null, number | null | undefined, number | null>;
  };
  document_part: { tenant: UuidColumn; doc: UuidColumn; ver: UuidColumn; part: number; sha256: Buffer };
  document_metadata: { tenant: UuidColumn; doc: UuidColumn; ver: UuidColumn; rev: number; metadata: Buffer };
  bequest: { tenant: UuidColumn; b: UuidColumn; label: Buffer; label_rev: Optional<number>; created_at: number };
  manifest: {
    tenant: UuidColumn;
    b: UuidColumn;
    g: number;
    mseq: number;
    body: Buffer;
    statement_id: Buffer;
    docs: UuidArrayColumn;
    vers: UuidArrayColumn;
    revs: number[];
    created_at: number;
  };
  manifest_offer: {
    tenant: UuidColumn;
    statement_id: Buffer;
    b: UuidColumn;
    g: number;
    mseq: number;
    body: Buffer;
    docs: UuidArrayColumn;
    vers: UuidArrayColumn;
    revs: number[];
    header_revs: number[];
    metadata: (Buffer | null)[];
    size: number;
    offered_at: number;
  };
};
