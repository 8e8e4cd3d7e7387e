-- Letters since an owner is told of a change to a bequest that gives more, or sooner, and cools.
alter table outbox drop constraint outbox_kind_check;
alter table outbox add constraint outbox_kind_check check (
  kind in (
    'verify-email', 'invitation', 'fresh-link', 'recipient-accepted', 'reminder', 'grace-reminder', 'request-reminder', 'loosening', 'release',
    'release-begun', 'withdrawn'
  )
);
alter table outbox drop constraint outbox_sealed_check;
alter table outbox add constraint outbox_sealed_check check (
  case when state = 'queued' then
    sealed is not null or kind in ('reminder', 'grace-reminder', 'request-reminder', 'loosening', 'release', 'release-begun', 'withdrawn')
  else sealed is null end
);
-- Why all are looked at once: of what cools already no news comes before it binds, and a row does not say that something cools.
update switch_state set look_at = 0 where look_at is not null;
