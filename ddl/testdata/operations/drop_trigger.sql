---- Drop a trigger ----

-- PostgreSQL
-- drop trigger orders/tr_orders: ACCESS EXCLUSIVE on orders (blocks reads and writes)
DROP TRIGGER "tr_orders" ON "orders";
-- MySQL
-- drop trigger tr_orders: EXCLUSIVE metadata lock on orders (blocks reads and writes), not transactional
DROP TRIGGER `tr_orders`;
-- MariaDB
-- drop trigger tr_orders: EXCLUSIVE metadata lock on orders (blocks reads and writes), not transactional
DROP TRIGGER `tr_orders`;
-- SQLite
-- drop trigger tr_orders: RESERVED (blocks writes)
DROP TRIGGER "tr_orders";

