-- In which order decisions came to be known here. Their own time is the keyholder's wall time: one that was made while that stood in 2040 would pass for
-- newer than all that follow until that year, and nobody who was told of one of those would hear that the owner is back.
alter table release add column kept bigint generated always as identity;
