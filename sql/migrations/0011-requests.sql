-- States, reminders and statements since a recipient may ask, a guardian confirm, and an owner refuse or revoke a device.
alter table switch_state drop constraint switch_state_state_check;
alter table switch_state add constraint switch_state_state_check check (
  state in (
    'draft', 'armed', 'reminding', 'grace', 'requested', 'lastCall', 'confirming', 'releasing', 'released', 'closed', 'paused', 'disarmed',
    'held', 'frozen'
  )
);
alter table reminder drop constraint reminder_phase_check;
alter table reminder add constraint reminder_phase_check check (phase in ('reminding', 'grace', 'gap', 'request'));
alter table statement drop constraint statement_kind_check;
alter table statement add constraint statement_kind_check check (
  kind in ('key', 'pin', 'policy', 'manifest', 'disarm', 'pause', 'refuse', 'revoke-device', 'checkin', 'token')
);
alter table outbox drop constraint outbox_kind_check;
alter table outbox add constraint outbox_kind_check check (
  kind in (
    'verify-email', 'invitation', 'fresh-link', 'recipient-accepted', 'reminder', 'grace-reminder', 'request-reminder', 'release',
    'release-begun', 'withdrawn'
  )
);
alter table outbox drop constraint outbox_sealed_check;
alter table outbox add constraint outbox_sealed_check check (
  case when state = 'queued' then
    sealed is not null or kind in ('reminder', 'grace-reminder', 'request-reminder', 'release', 'release-begun', 'withdrawn')
  else sealed is null end
);
