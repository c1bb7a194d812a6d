---- Drop a composite type ----

-- PostgreSQL
-- drop composite type point_of_sale: no lock
DROP TYPE "point_of_sale";
-- MySQL
-- MySQL cannot drop composite type point_of_sale: it has no user-defined types; give the column a built-in type
-- MariaDB
-- MariaDB cannot drop composite type point_of_sale: it has no user-defined types; give the column a built-in type
-- SQLite
-- SQLite cannot drop composite type point_of_sale: SQLite has no such objects; limit the step to the engines that do, with m.On

