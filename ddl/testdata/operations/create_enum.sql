---- Create an enum ----

-- PostgreSQL
-- create enum state: no lock
CREATE TYPE "state" AS ENUM ('new', 'paid', 'it''s done');
-- MySQL
-- MySQL cannot create enum state: it has no enum types; give the column the type enum('a','b')
-- MariaDB
-- MariaDB cannot create enum state: it has no enum types; give the column the type enum('a','b')
-- SQLite
-- SQLite cannot create enum state: SQLite has no such objects; limit the step to the engines that do, with m.On

---- Create an enum with a comment unless it is there ----

-- PostgreSQL
-- create enum state: no lock
DO $retort$ BEGIN IF to_regtype('"state"') IS NULL THEN CREATE TYPE "state" AS ENUM ('new'); END IF; END $retort$;
COMMENT ON TYPE "state" IS 'of an order';
-- MySQL
-- MySQL cannot create enum state: it has no enum types; give the column the type enum('a','b')
-- MariaDB
-- MariaDB cannot create enum state: it has no enum types; give the column the type enum('a','b')
-- SQLite
-- SQLite cannot create enum state: SQLite has no such objects; limit the step to the engines that do, with m.On

