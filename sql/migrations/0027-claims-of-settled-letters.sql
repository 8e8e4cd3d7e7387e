-- From now on what is settled keeps its claim only where a mail server may have it: whoever is told that it was taken back must not be told so of what never left.
update outbox set claimed_until = null where state <> 'queued' and claimed_until is not null;
