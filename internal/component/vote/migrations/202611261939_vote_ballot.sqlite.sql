-- +goose Up
-- Nothing on this side: both databases are made by migrations of the same numbers, so that a backup of
-- one can be restored on the other.
SELECT 1;
