/**
 * Everything the keyholder remembers (protocol §4, Cardinality). Keys, devices, pins and policies are not tables of their own:
 * they are the fold of the accepted statements, so they cannot disagree with them.
 *
 * Times ending in `_at` and `wake` are attended ms; `wake` is when a bequest must be looked at again, null when nothing becomes
 * due by itself; `call_at` is when its owner is to be called, null when not. Two timers, so that calls which no mail server takes
 * never stand before what the keyholder can do by itself. `bound_policy.policy` and `bequest.history` are JSON of common/switch: the
 * bound policy and its facts; apart, because a policy is large and hardly ever changes, and with row ids, because a search in a tree without them reads the whole of each row that it compares with.
 * `former_policy` is where earlier versions kept policies: what stands there is the bound one until its bequest binds another. `bequest.shown` is
 * state and hash of what the clock zone was last told, to notice a change. `event` is what befell all bequests at once; `bequest.events_known` is the last one that
 * its history has taken in; `event.restore` names the restore that one came of. `missed_sign` is what a record that could not be read has not taken in; `bequest.missed_at` is where an
 * earlier version noted that, and stays, because to drop a column every row must be readable. `refused_sign` is what could not be written for any of an account's; it refers to no table, so that no page of the owner's is read for it. `keyholder.week` is JSON of how much of the last days was attended, and up to when it is counted.
 */
export const schema = `
create table keyholder (
  one integer primary key check (one = 1),
  instance text not null,
  counter integer not null,
  epoch integer not null,
  mode text not null,
  factor real not null,
  attended_ms integer not null,
  recorded_wall integer not null,
  revision integer not null,
  credited_wall integer not null default 0,
  doubt_ms integer not null default 0,
  week text not null default ''
) strict;

create table account (
  id text primary key,
  counter integer not null
) strict, without rowid;

create table statement (
  position integer primary key autoincrement,
  id text not null unique,
  account text not null references account,
  seq integer,
  jws text not null,
  accepted_at integer not null
) strict;
create index statement_account on statement (account, position);
create unique index statement_chain on statement (account, seq) where seq is not null;

create table receipt (
  statement text primary key,
  account text not null references account,
  challenge text not null unique,
  counter integer not null,
  jws text not null
) strict;

create table contact (
  account text not null references account,
  hash text not null,
  sealed blob not null,
  primary key (account, hash)
) strict, without rowid;

create table bequest (
  account text not null references account,
  b text not null,
  history text not null,
  last_call_tried_at integer not null,
  wake integer,
  shown text not null,
  revision integer not null,
  call_at integer,
  events_known integer not null default 0,
  missed_at integer,
  primary key (account, b)
) strict, without rowid;
create table missed_sign (
  account text not null references account,
  b text not null,
  at_attended integer not null,
  is_dropped integer not null,
  primary key (account, b)
) strict, without rowid;
create table refused_sign (
  account text primary key,
  sign text not null,
  class text not null,
  at_attended integer not null
) strict, without rowid;
create table bound_policy (
  account text not null references account,
  b text not null,
  policy text not null,
  primary key (account, b)
) strict;
create table former_policy (
  account text not null references account,
  b text not null,
  policy text not null,
  primary key (account, b)
) strict, without rowid;
create index bequest_due on bequest (wake) where wake is not null;
create index bequest_call on bequest (call_at) where call_at is not null;
create index bequest_feed on bequest (revision);
create index bequest_behind on bequest (events_known);
create table event (
  position integer primary key,
  kind text not null,
  at_attended integer not null,
  length_ms integer not null,
  restore text not null default ''
) strict;

create table manifest (
  account text not null references account,
  b text not null,
  g integer not null,
  mseq integer not null,
  hash text not null,
  accepted_at integer not null,
  primary key (account, b, g, mseq)
) strict, without rowid;

create table slot (
  account text not null references account,
  b text not null,
  g integer not null,
  r text not null,
  age_key text not null,
  share blob,
  share_commit text not null,
  outer_part text not null,
  outer_hash text not null,
  path_part text not null,
  path_hash text not null,
  withdrawn text not null,
  primary key (account, b, g, r)
) strict, without rowid;
create index slot_withdrawn on slot (account, b, g) where withdrawn <> '';

create table deposit (
  hash text primary key,
  request text not null,
  imported text not null
) strict;

create table decision (
  id text primary key,
  account text not null,
  b text not null,
  g integer not null,
  decided_at integer not null,
  release text not null
) strict;

create table fetch (
  decision text not null references decision,
  r text not null,
  manifest_hash text not null,
  fetched_at integer not null,
  primary key (decision, r)
) strict, without rowid;

create table token (
  position integer primary key autoincrement,
  hash text not null unique,
  account text not null references account,
  purpose text not null,
  used_by text not null
) strict;
create index token_account on token (account, purpose, position);

create table outage (
  position integer primary key autoincrement,
  until_wall integer not null,
  length_ms integer not null,
  reason text not null
) strict;

create table freeze (
  one integer primary key check (one = 1),
  id text not null,
  turn integer not null,
  left_ms integer not null,
  length_ms integer not null,
  ended_at integer not null
) strict;
insert into freeze values (1, '', 0, 0, 0, 0);
create table freeze_order (
  position integer primary key autoincrement,
  first text not null,
  second text not null,
  accepted_at integer not null
) strict;
`;

/**
 * What a store of an earlier version lacks, in the order in which it was added; `pragma user_version` counts how much of it a store has. A
 * switch that knows new things to do must be looked at once more, whenever it was to wake.
 */
export const upgrades: readonly string[] = [
  `alter table keyholder add column credited_wall integer not null default 0;
   alter table keyholder add column doubt_ms integer not null default 0;
   update bequest set wake = 0;`,
  `alter table bequest add column call_at integer;
   create index bequest_call on bequest (call_at) where call_at is not null;
   create table bound_policy (
     account text not null references account, b text not null, policy text not null, primary key (account, b)
   ) strict, without rowid;
   insert into bound_policy select account, b, policy from bequest;
   alter table bequest drop column policy;
   update bequest set wake = 0;`,
  `create index slot_withdrawn on slot (account, b, g) where withdrawn <> '';
   create index token_account on token (account, purpose, position);`,
  `create table outage (
     position integer primary key autoincrement, until_wall integer not null, length_ms integer not null, reason text not null
   ) strict;`,
  `create table freeze (
     one integer primary key check (one = 1), id text not null, turn integer not null, left_ms integer not null,
     length_ms integer not null, ended_at integer not null
   ) strict;
   insert into freeze values (1, '', 0, 0, 0, 0);
   create table freeze_order (
     position integer primary key autoincrement, first text not null, second text not null, accepted_at integer not null
   ) strict;`,
  // Why a column is renamed: versions before this one do not ask whether a store is of a later one, and would end a freeze. They ask for that column, and do not start.
  `alter table bequest add column events_known integer not null default 0;
   create index bequest_behind on bequest (events_known);
   create table event (
     position integer primary key, kind text not null, at_attended integer not null, length_ms integer not null
   ) strict;
   alter table keyholder rename column attended to attended_ms;`,
  `alter table bequest add column missed_at integer;`,
  // Why nothing but its number: the version before would give what a weak sign keeps back, so it must not open a store in which one may.
  "",
  // Also so that the version before opens no store in which a policy may be that the kit signed too: it cannot read one, and would take a living owner for a silent one.
  `alter table event add column restore text not null default '';
   alter table keyholder add column week text not null default '';`,
  `create table missed_sign (
     account text not null references account, b text not null, at_attended integer not null, is_dropped integer not null,
     primary key (account, b)
   ) strict, without rowid;`,
  `create table refused_sign (
     account text primary key, sign text not null, class text not null, at_attended integer not null
   ) strict, without rowid;`,
  // Why no policy is moved: to move one it must be readable, and a store with a page that is not must start all the same.
  `alter table bound_policy rename to former_policy;
   create table bound_policy (
     account text not null references account, b text not null, policy text not null, primary key (account, b)
   ) strict;`,
];
