-- +goose Up
-- What binds single volunteers: together, apart, or seated in any case.
ALTER TABLE draw ADD COLUMN ties TEXT NOT NULL DEFAULT ''; -- JSON, by the volunteers' numbers; '': nothing does
