---- Rename a sequence ----

-- PostgreSQL
-- rename sequence invoice_numbers to bill_numbers: no lock
ALTER SEQUENCE "invoice_numbers" RENAME TO "bill_numbers";
-- MySQL
-- MySQL cannot create sequence invoice_numbers: it has no sequences; use an AUTO_INCREMENT column
-- MariaDB
-- rename sequence invoice_numbers to bill_numbers: not transactional
RENAME TABLE `invoice_numbers` TO `bill_numbers`;
-- SQLite
-- SQLite cannot rename sequence invoice_numbers to bill_numbers: SQLite has no such objects; limit the step to the engines that do, with m.On

