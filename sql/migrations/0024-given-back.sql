-- To which history of the keyholder's store everything that owners signed was given back whole, so that no start of the api does it again. One row; it
-- belongs to no account. `turn` is of the newest turn in which it was begun: a database that lost it has gone back since, and whatever that turn wrote may be
-- lost too. Where that turn was whole, `instance` names the history, and `commits` says how far it had come: a store that has not was put back since.
create table given_back (
  "only" boolean primary key default true check ("only"),
  turn text not null check (length(turn) between 1 and 64),
  instance text check (length(instance) between 1 and 64),
  commits bigint,
  check ((instance is null) = (commits is null))
);
alter table given_back enable row level security;
create policy api_alone on given_back to ak_api using (true);
grant select, insert, update on given_back to ak_api;
