---- Create a trigger ----

-- PostgreSQL
-- create trigger orders/tr_orders: SHARE ROW EXCLUSIVE on orders (blocks writes)
CREATE TRIGGER tr_orders BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION stamp();
-- MySQL
-- create trigger tr_orders: EXCLUSIVE metadata lock on orders (blocks reads and writes), not transactional
CREATE TRIGGER tr_orders BEFORE INSERT ON orders FOR EACH ROW SET NEW.note = 'new';
-- MariaDB
-- create trigger tr_orders: EXCLUSIVE metadata lock on orders (blocks reads and writes), not transactional
CREATE TRIGGER tr_orders BEFORE INSERT ON orders FOR EACH ROW SET NEW.note = 'new';
-- SQLite
-- create trigger tr_orders: RESERVED (blocks writes)
CREATE TRIGGER tr_orders AFTER INSERT ON orders BEGIN UPDATE orders SET note = 'new' WHERE id = NEW.id; END;

---- Create a trigger with everything ----

-- PostgreSQL
-- create trigger orders/tr_orders: SHARE ROW EXCLUSIVE on orders (blocks writes)
CREATE OR REPLACE TRIGGER tr_orders BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION stamp();
ALTER TABLE "orders" ENABLE ALWAYS TRIGGER "tr_orders";
COMMENT ON TRIGGER "tr_orders" ON "orders" IS 'stamps';
-- MySQL
-- (not used here)
-- MariaDB
-- (not used here)
-- SQLite
-- (not used here)

---- Create and drop triggers that may be there ----

-- PostgreSQL
-- create trigger orders/t: SHARE ROW EXCLUSIVE on orders (blocks writes)
-- drop trigger nothing: ACCESS EXCLUSIVE on orders (blocks reads and writes)
CREATE TRIGGER t;
DROP TRIGGER IF EXISTS "nothing" ON "orders";
-- MySQL
-- create trigger orders/t: EXCLUSIVE metadata lock on orders (blocks reads and writes), not transactional
-- drop trigger nothing: EXCLUSIVE metadata lock on orders (blocks reads and writes), not transactional
CREATE TRIGGER t;
DROP TRIGGER IF EXISTS `nothing`;
-- MariaDB
-- create trigger orders/t: EXCLUSIVE metadata lock on orders (blocks reads and writes), not transactional
-- drop trigger nothing: EXCLUSIVE metadata lock on orders (blocks reads and writes), not transactional
CREATE TRIGGER t;
DROP TRIGGER IF EXISTS `nothing`;
-- SQLite
-- create trigger orders/t: RESERVED (blocks writes)
-- drop trigger nothing: RESERVED (blocks writes)
CREATE TRIGGER IF NOT EXISTS t;
DROP TRIGGER IF EXISTS "nothing";

