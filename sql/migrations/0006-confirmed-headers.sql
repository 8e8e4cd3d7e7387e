-- The newest header of a version that its owner's signature stood beside; null while that is the present one. Whoever steals a session
-- can write a header, but signs nothing: what the owner confirmed stays beside it, and openers fall back on it.
alter table document add column confirmed_header bytea;
