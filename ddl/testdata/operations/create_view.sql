---- Create a view ----

-- PostgreSQL
-- create view adults: ACCESS SHARE on users
CREATE VIEW "adults" AS
SELECT id, name FROM users WHERE age > 17;
-- MySQL
-- create view adults: not transactional
CREATE VIEW `adults` AS SELECT id, name FROM users WHERE age > 17;
-- MariaDB
-- create view adults: not transactional
CREATE VIEW `adults` AS SELECT id, name FROM users WHERE age > 17;
-- SQLite
-- create view adults: RESERVED (blocks writes)
CREATE VIEW "adults" AS
SELECT id, name FROM users WHERE age > 17;

---- Create a view with everything ----

-- PostgreSQL
-- create view adults: ACCESS SHARE on users
CREATE VIEW "adults" ("number", "who") WITH ("security_barrier"='true') AS
SELECT id, name FROM users WHERE age > 17;
COMMENT ON VIEW "adults" IS 'of age';
-- MySQL
-- create view adults: not transactional
CREATE OR REPLACE VIEW `adults` (`number`, `who`) AS SELECT id, name FROM users WHERE age > 17;
-- MariaDB
-- create view adults: not transactional
CREATE OR REPLACE VIEW `adults` (`number`, `who`) AS SELECT id, name FROM users WHERE age > 17;
-- SQLite
-- (not used here)

---- Replace a view ----

-- PostgreSQL
-- create view adults: ACCESS SHARE on users
CREATE OR REPLACE VIEW "adults" AS
SELECT id, name FROM users WHERE age > 20;
-- MySQL
-- create view adults: not transactional
CREATE OR REPLACE VIEW `adults` AS SELECT id, name FROM users WHERE age > 20;
-- MariaDB
-- create view adults: not transactional
CREATE OR REPLACE VIEW `adults` AS SELECT id, name FROM users WHERE age > 20;
-- SQLite
-- create view adults: RESERVED (blocks writes)
DROP VIEW IF EXISTS "adults";
CREATE VIEW "adults" AS
SELECT id, name FROM users WHERE age > 20;

---- Create a materialized view ----

-- PostgreSQL
-- create view counts: ACCESS SHARE on users
CREATE MATERIALIZED VIEW "counts" AS
SELECT age, count(*) AS n FROM users GROUP BY age;
-- MySQL
-- MySQL cannot create view counts: it has no materialized views; keep a table up to date with triggers or events
-- MariaDB
-- MariaDB cannot create view counts: it has no materialized views; keep a table up to date with triggers or events
-- SQLite
-- SQLite cannot create view counts: SQLite has no materialized views; use a table and triggers, or a plain view

---- Create and drop views that may be there ----

-- PostgreSQL
-- create view adults: no lock
-- drop view nothing: no lock
CREATE VIEW "adults" AS
SELECT 1 AS one;
DROP VIEW IF EXISTS "nothing";
-- MySQL
-- create view adults: not transactional
-- drop view nothing: not transactional
CREATE VIEW `adults` AS SELECT 1 AS one;
DROP VIEW IF EXISTS `nothing`;
-- MariaDB
-- create view adults: not transactional
-- drop view nothing: not transactional
CREATE VIEW IF NOT EXISTS `adults` AS SELECT 1 AS one;
DROP VIEW IF EXISTS `nothing`;
-- SQLite
-- create view adults: RESERVED (blocks writes)
-- drop view nothing: RESERVED (blocks writes)
CREATE VIEW IF NOT EXISTS "adults" AS
SELECT 1 AS one;
DROP VIEW IF EXISTS "nothing";

