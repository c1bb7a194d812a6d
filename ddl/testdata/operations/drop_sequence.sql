---- Drop a sequence ----

-- PostgreSQL
-- drop sequence invoice_numbers: no lock
DROP SEQUENCE "invoice_numbers";
-- MySQL
-- MySQL cannot create sequence invoice_numbers: it has no sequences; use an AUTO_INCREMENT column
-- MariaDB
-- drop sequence invoice_numbers: not transactional
DROP SEQUENCE `invoice_numbers`;
-- SQLite
-- SQLite cannot drop sequence invoice_numbers: SQLite has no such objects; limit the step to the engines that do, with m.On

---- Drop a sequence if it is there ----

-- PostgreSQL
-- drop sequence nothing: no lock
DROP SEQUENCE IF EXISTS "nothing";
-- MySQL
-- MySQL cannot drop sequence nothing: it has no sequences; use an AUTO_INCREMENT column
-- MariaDB
-- drop sequence nothing: not transactional
DROP SEQUENCE IF EXISTS `nothing`;
-- SQLite
-- SQLite cannot drop sequence nothing: SQLite has no such objects; limit the step to the engines that do, with m.On

