---- Drop a view ----

-- PostgreSQL
-- drop view adults: no lock
DROP VIEW "adults";
-- MySQL
-- drop view adults: not transactional
DROP VIEW `adults`;
-- MariaDB
-- drop view adults: not transactional
DROP VIEW `adults`;
-- SQLite
-- drop view adults: RESERVED (blocks writes)
DROP VIEW "adults";

---- Drop a materialized view ----

-- PostgreSQL
-- drop view counts: no lock
DROP MATERIALIZED VIEW "counts";
-- MySQL
-- MySQL cannot drop view counts: it has no materialized views
-- MariaDB
-- MariaDB cannot drop view counts: it has no materialized views
-- SQLite
-- drop view counts: there is no such view

