-- For how long a letter has waited is told by the database's clock too. Two machines in different years each took the other's next try for due at once: a hundred tries were over
-- within minutes, and the one that is ahead took the letter for older than five days. A mail server that was away for these minutes lost every letter of a release.
-- Letters that wait at this migration begin anew.
alter table outbox add column written_at timestamptz not null default clock_timestamp();
