---- Refuse ----

-- PostgreSQL
-- the revision cannot be undone: the names are gone
-- MySQL
-- the revision cannot be undone: the names are gone
-- MariaDB
-- the revision cannot be undone: the names are gone
-- SQLite
-- the revision cannot be undone: the names are gone

