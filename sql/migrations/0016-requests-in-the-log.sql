-- The requests that the log tells of already, by their ids, as long as the keyholder names them. The api notes what it carries, but a crash after the
-- keyholder's yes would lose that: what stands at the keyholder is told by the zone that reads it there.
alter table switch_state add column requests text[] not null default '{}';
