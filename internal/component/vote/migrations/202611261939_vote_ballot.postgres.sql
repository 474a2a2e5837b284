-- +goose Up
-- To check this reference, every ballot would lock the one row of its resolution, and ten thousand
-- people vote at once. A ballot is stored by its own act only, which has read the resolution.
ALTER TABLE vote_ballot DROP CONSTRAINT vote_ballot_resolution_id_fkey;
