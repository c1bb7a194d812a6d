---- Create a domain ----

-- PostgreSQL
-- create domain percent: no lock
CREATE DOMAIN "percent" AS integer DEFAULT 0 NOT NULL CONSTRAINT "ck_percent" CHECK (VALUE BETWEEN 0 AND 100);
COMMENT ON DOMAIN "percent" IS 'of a whole';
-- MySQL
-- MySQL cannot create domain percent: it has no user-defined types; give the column a built-in type
-- MariaDB
-- MariaDB cannot create domain percent: it has no user-defined types; give the column a built-in type
-- SQLite
-- SQLite cannot create domain percent: SQLite has no such objects; limit the step to the engines that do, with m.On

---- Create and drop domains that may be there ----

-- PostgreSQL
-- create domain percent: no lock
-- drop domain nothing: no lock
DO $retort$ BEGIN IF to_regtype('"percent"') IS NULL THEN CREATE DOMAIN "percent" AS text COLLATE "C"; END IF; END $retort$;
DROP DOMAIN IF EXISTS "nothing";
-- MySQL
-- MySQL cannot create domain percent: it has no user-defined types; give the column a built-in type
-- MariaDB
-- MariaDB cannot create domain percent: it has no user-defined types; give the column a built-in type
-- SQLite
-- SQLite cannot create domain percent: SQLite has no such objects; limit the step to the engines that do, with m.On

