-- +goose Up
-- LIKE 'prefix%' uses an index only when it ignores case, as LIKE does.
CREATE INDEX mail_ref ON mail (ref COLLATE NOCASE, id);
