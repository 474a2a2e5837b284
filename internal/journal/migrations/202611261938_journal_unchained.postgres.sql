-- +goose Up
-- The sequencer looks for what is stored and not yet chained every second: it must not read the rest.
CREATE INDEX journal_unchained ON journal (id) WHERE seq IS NULL;
