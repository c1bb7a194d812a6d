---- Change a sequence ----

-- PostgreSQL
-- alter sequence invoice_numbers: no lock
ALTER SEQUENCE "invoice_numbers" INCREMENT BY 5 NO MINVALUE NO MAXVALUE CACHE 20 NO CYCLE OWNED BY NONE;
-- MySQL
-- MySQL cannot create sequence invoice_numbers: it has no sequences; use an AUTO_INCREMENT column
-- MariaDB
-- alter sequence invoice_numbers: not transactional
ALTER SEQUENCE `invoice_numbers` INCREMENT BY 5 CACHE 20 NO MINVALUE NO MAXVALUE NOCYCLE;
-- SQLite
-- SQLite cannot alter sequence invoice_numbers: SQLite has no such objects; limit the step to the engines that do, with m.On

