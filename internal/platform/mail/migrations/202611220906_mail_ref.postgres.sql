-- +goose Up
-- LIKE 'prefix%' uses an index only when it compares bytes, whatever the language.
CREATE INDEX mail_ref ON mail (ref text_pattern_ops, id);
