---- Create a composite type ----

-- PostgreSQL
-- create composite type point_of_sale: no lock
CREATE TYPE "point_of_sale" AS ("x" integer, "label" text COLLATE "C");
COMMENT ON TYPE "point_of_sale" IS 'where';
-- MySQL
-- MySQL cannot create composite type point_of_sale: it has no user-defined types; give the column a built-in type
-- MariaDB
-- MariaDB cannot create composite type point_of_sale: it has no user-defined types; give the column a built-in type
-- SQLite
-- SQLite cannot create composite type point_of_sale: SQLite has no such objects; limit the step to the engines that do, with m.On

---- Create and drop composite types that may be there ----

-- PostgreSQL
-- create composite type pos: no lock
-- drop composite type nothing: no lock
DO $retort$ BEGIN IF to_regtype('"pos"') IS NULL THEN CREATE TYPE "pos" AS ("x" integer); END IF; END $retort$;
DROP TYPE IF EXISTS "nothing";
-- MySQL
-- MySQL cannot create composite type pos: it has no user-defined types; give the column a built-in type
-- MariaDB
-- MariaDB cannot create composite type pos: it has no user-defined types; give the column a built-in type
-- SQLite
-- SQLite cannot create composite type pos: SQLite has no such objects; limit the step to the engines that do, with m.On

