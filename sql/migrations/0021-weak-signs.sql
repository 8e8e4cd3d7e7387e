-- Statements since an owner may certify keys that only check in, and a sign-in may be a sign of life. An attested sign is kept by its receipt alone.
alter table statement drop constraint statement_kind_check;
alter table statement add constraint statement_kind_check check (
  kind in (
    'key', 'delegate', 'pin', 'policy', 'manifest', 'disarm', 'pause', 'refuse', 'revoke-device', 'checkin', 'token', 'attested'
  )
);
alter table statement drop constraint statement_check;
alter table statement add constraint statement_check check (
  (kind in ('key', 'delegate', 'pin', 'policy', 'manifest')) = (seq is not null)
);
