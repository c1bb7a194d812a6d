---- Create an extension ----

-- PostgreSQL
-- create extension pg_trgm: no lock
CREATE EXTENSION IF NOT EXISTS "pg_trgm" SCHEMA "public";
-- MySQL
-- MySQL cannot create extension pg_trgm: it has no extensions; put the step into m.On(op.Postgres, …)
-- MariaDB
-- MariaDB cannot create extension pg_trgm: it has no extensions; put the step into m.On(op.Postgres, …)
-- SQLite
-- SQLite cannot create extension pg_trgm: SQLite has no such objects; limit the step to the engines that do, with m.On

---- Create an extension of a version ----

-- PostgreSQL
-- create extension citext: no lock
CREATE EXTENSION IF NOT EXISTS "citext" VERSION '1.6';
-- MySQL
-- MySQL cannot create extension citext: it has no extensions; put the step into m.On(op.Postgres, …)
-- MariaDB
-- MariaDB cannot create extension citext: it has no extensions; put the step into m.On(op.Postgres, …)
-- SQLite
-- SQLite cannot create extension citext: SQLite has no such objects; limit the step to the engines that do, with m.On

