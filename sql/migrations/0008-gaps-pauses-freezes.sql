-- States that a switch can be in since outages, pauses and a clock in doubt are told apart, and the reminder that an outage asks for.
alter table switch_state drop constraint switch_state_state_check;
alter table switch_state add constraint switch_state_state_check check (
  state in (
    'draft', 'armed', 'reminding', 'grace', 'lastCall', 'releasing', 'released', 'closed', 'paused', 'disarmed', 'held', 'frozen'
  )
);
alter table reminder drop constraint reminder_phase_check;
alter table reminder add constraint reminder_phase_check check (phase in ('reminding', 'grace', 'gap'));
alter table statement drop constraint statement_kind_check;
alter table statement add constraint statement_kind_check check (
  kind in ('key', 'pin', 'policy', 'manifest', 'disarm', 'pause', 'checkin', 'token')
);
