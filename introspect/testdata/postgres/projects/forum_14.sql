-- What the forum uses since it runs on PostgreSQL 14.
-- namespaces: moderation, "Search Index"
-- requires: 14
-- extends: forum.sql
CREATE FUNCTION days_since(moment timestamptz) RETURNS integer LANGUAGE sql STABLE RETURN EXTRACT(day FROM (now() - moment));
CREATE FUNCTION post_count(who integer) RETURNS bigint LANGUAGE sql STABLE BEGIN ATOMIC SELECT count(*) FROM posts WHERE author = who; END;
CREATE VIEW diligent_members AS SELECT id, post_count(id) AS posts, days_since(joined_at) AS days FROM members;
CREATE TABLE quiet_hours (member_id integer PRIMARY KEY REFERENCES members, hours int4multirange DEFAULT '{[0,6),[22,24)}'::int4multirange NOT NULL, remark text COMPRESSION pglz);
CREATE STATISTICS posts_by_day ON (date_trunc('day', posted_at AT TIME ZONE 'UTC')), author FROM posts;
CREATE INDEX members_signature ON members USING gist (signature "Search Index".gist_trgm_ops (siglen='64'));
