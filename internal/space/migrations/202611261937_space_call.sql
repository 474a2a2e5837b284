-- +goose Up
-- An assembly on second call is a space of its own (its roll, its attendance, its minutes), whose
-- parent is the assembly that lacked its quorum. 1 is the first call.
ALTER TABLE space ADD COLUMN call BIGINT NOT NULL DEFAULT 1;
CREATE INDEX space_parent ON space (parent_id, call);
