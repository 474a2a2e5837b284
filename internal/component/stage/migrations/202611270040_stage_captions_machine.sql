-- +goose Up
-- Who wrote a line: 'person', 'machine', or 'corrected' for a machine's that somebody has corrected;
-- and whose voice a machine wrote, by account (0: somebody in a hall) and by name.
ALTER TABLE stage_caption ADD COLUMN made TEXT NOT NULL DEFAULT 'person';
ALTER TABLE stage_caption ADD COLUMN speaker_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE stage_caption ADD COLUMN speaker TEXT NOT NULL DEFAULT '';
CREATE INDEX stage_caption_speaker ON stage_caption (speaker_id);
