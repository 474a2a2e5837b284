-- +goose Up
-- Members who want no reminders and no news. What the law asks to send is sent all the same.
CREATE TABLE unsubscribed (
  member_id BIGINT PRIMARY KEY REFERENCES member (id),
  at        BIGINT NOT NULL
);
