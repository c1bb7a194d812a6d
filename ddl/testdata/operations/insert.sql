---- Insert rows ----

-- PostgreSQL
-- insert 2 rows into users: ROW EXCLUSIVE on users
INSERT INTO "users" ("email", "id", "name") VALUES ($1, $2, $3), ($4, $5, $6);
-- arguments: [<nil> 1 Ada b@example.com 2 <nil>]
-- MySQL
-- insert 2 rows into users: no lock
INSERT INTO `users` (`email`, `id`, `name`) VALUES (?, ?, ?), (?, ?, ?);
-- arguments: [<nil> 1 Ada b@example.com 2 <nil>]
-- MariaDB
-- insert 2 rows into users: no lock
INSERT INTO `users` (`email`, `id`, `name`) VALUES (?, ?, ?), (?, ?, ?);
-- arguments: [<nil> 1 Ada b@example.com 2 <nil>]
-- SQLite
-- insert 2 rows into users: RESERVED (blocks writes)
INSERT INTO "users" ("email", "id", "name") VALUES (?, ?, ?), (?, ?, ?);
-- arguments: [<nil> 1 Ada b@example.com 2 <nil>]

