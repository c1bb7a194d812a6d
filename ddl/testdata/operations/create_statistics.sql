---- Create statistics ----

-- PostgreSQL
-- create statistics st_users: SHARE UPDATE EXCLUSIVE on users (blocks schema changes)
CREATE STATISTICS st_users ON name, age FROM users;
COMMENT ON STATISTICS "st_users" IS 'they go together';
-- MySQL
-- MySQL cannot create statistics st_users: it has no extended statistics; put the step into m.On(op.Postgres, …)
-- MariaDB
-- MariaDB cannot create statistics st_users: it has no extended statistics; put the step into m.On(op.Postgres, …)
-- SQLite
-- SQLite cannot create statistics st_users: SQLite has no such objects; limit the step to the engines that do, with m.On

---- Create and drop statistics that may be there ----

-- PostgreSQL
-- create statistics st_users: SHARE UPDATE EXCLUSIVE on users (blocks schema changes)
-- drop statistics nothing: no lock
CREATE STATISTICS IF NOT EXISTS st_users ON name, age FROM users;
DROP STATISTICS IF EXISTS "nothing";
-- MySQL
-- MySQL cannot create statistics st_users: it has no extended statistics; put the step into m.On(op.Postgres, …)
-- MariaDB
-- MariaDB cannot create statistics st_users: it has no extended statistics; put the step into m.On(op.Postgres, …)
-- SQLite
-- SQLite cannot create statistics st_users: SQLite has no such objects; limit the step to the engines that do, with m.On

