---- Drop a function ----

-- PostgreSQL
-- drop function twice(integer): no lock
DROP FUNCTION "twice"(integer);
-- MySQL
-- drop function twice: not transactional
DROP FUNCTION `twice`;
-- MariaDB
-- drop function twice: not transactional
DROP FUNCTION `twice`;
-- SQLite
-- (not used here)

