-- Letters since an owner is told that a restore of the keyholder's store holds what they armed.
alter table outbox drop constraint outbox_kind_check;
alter table outbox add constraint outbox_kind_check check (
  kind in (
    'verify-email', 'invitation', 'fresh-link', 'recipient-accepted', 'reminder', 'grace-reminder', 'request-reminder', 'loosening', 'held', 'release',
    'release-begun', 'withdrawn'
  )
);
alter table outbox drop constraint outbox_sealed_check;
alter table outbox add constraint outbox_sealed_check check (
  case when state = 'queued' then
    sealed is not null or kind in ('reminder', 'grace-reminder', 'request-reminder', 'loosening', 'held', 'release', 'release-begun', 'withdrawn')
  else sealed is null end
);
