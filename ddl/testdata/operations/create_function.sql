---- Create a function ----

-- PostgreSQL
-- create function twice(integer): no lock
CREATE FUNCTION twice(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT $1 * 2 $$;
COMMENT ON FUNCTION "twice"(integer) IS 'doubles';
-- MySQL
-- create function twice: not transactional
CREATE FUNCTION twice(n int) RETURNS int DETERMINISTIC RETURN n * 2;
-- MariaDB
-- create function twice: not transactional
CREATE FUNCTION twice(n int) RETURNS int DETERMINISTIC RETURN n * 2;
-- SQLite
-- (not used here)

---- Replace a function ----

-- PostgreSQL
-- create function twice(integer): no lock
CREATE OR REPLACE FUNCTION twice(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT $1 + $1 $$;
-- MySQL
-- (not used here)
-- MariaDB
-- (not used here)
-- SQLite
-- (not used here)

---- Create and drop a procedure ----

-- PostgreSQL
-- create function tidy(): no lock
-- drop function tidy(): no lock
CREATE PROCEDURE tidy() LANGUAGE sql AS $$ DELETE FROM orders $$;
DROP PROCEDURE "tidy"();
-- MySQL
-- create function tidy: not transactional
-- drop function tidy: not transactional
CREATE PROCEDURE tidy() DELETE FROM orders;
DROP PROCEDURE `tidy`;
-- MariaDB
-- create function tidy: not transactional
-- drop function tidy: not transactional
CREATE PROCEDURE tidy() DELETE FROM orders;
DROP PROCEDURE `tidy`;
-- SQLite
-- (not used here)

---- Create and drop functions that may be there ----

-- PostgreSQL
-- create function f: no lock
-- drop function nothing: no lock
CREATE FUNCTION f() RETURNS int RETURN 1;
DROP FUNCTION IF EXISTS "nothing";
-- MySQL
-- create function f: not transactional
-- drop function nothing: not transactional
CREATE FUNCTION f() RETURNS int RETURN 1;
DROP FUNCTION IF EXISTS `nothing`;
-- MariaDB
-- create function f: not transactional
-- drop function nothing: not transactional
CREATE FUNCTION f() RETURNS int RETURN 1;
DROP FUNCTION IF EXISTS `nothing`;
-- SQLite
-- SQLite cannot create function f: SQLite has no such objects; limit the step to the engines that do, with m.On

