---- Create a sequence ----

-- PostgreSQL
-- create sequence invoice_numbers: no lock
CREATE SEQUENCE "invoice_numbers" START WITH 1000 INCREMENT BY 10;
COMMENT ON SEQUENCE "invoice_numbers" IS 'no gaps';
-- MySQL
-- MySQL cannot create sequence invoice_numbers: it has no sequences; use an AUTO_INCREMENT column
-- MariaDB
-- create sequence invoice_numbers: not transactional
CREATE SEQUENCE `invoice_numbers` START WITH 1000 INCREMENT BY 10 COMMENT='no gaps';
-- SQLite
-- SQLite cannot create sequence invoice_numbers: SQLite has no such objects; limit the step to the engines that do, with m.On

---- Create a sequence with everything unless it is there ----

-- PostgreSQL
-- create sequence invoice_numbers: no lock
CREATE SEQUENCE IF NOT EXISTS "invoice_numbers" AS integer START WITH 5 INCREMENT BY -1 MINVALUE -100 MAXVALUE 5 CACHE 3 CYCLE OWNED BY "users"."age";
-- MySQL
-- MySQL cannot create sequence invoice_numbers: it has no sequences; use an AUTO_INCREMENT column
-- MariaDB
-- MariaDB cannot create sequence invoice_numbers: no column owns a sequence there
-- SQLite
-- SQLite cannot create sequence invoice_numbers: SQLite has no such objects; limit the step to the engines that do, with m.On

