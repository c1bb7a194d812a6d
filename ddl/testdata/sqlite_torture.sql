CREATE TABLE region (code TEXT PRIMARY KEY COLLATE NOCASE, title TEXT) WITHOUT ROWID;

CREATE TABLE log (what TEXT, "when" TEXT DEFAULT CURRENT_TIMESTAMP);

CREATE TABLE "order" (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	sku VARCHAR(40) NOT NULL COLLATE NOCASE, -- the sku's comment, with a ) and a '
	qty INT NOT NULL ON CONFLICT FAIL DEFAULT 1 CHECK (qty > 0),
	price REAL CONSTRAINT "price's sign" CHECK (price >= 0),
	total REAL GENERATED ALWAYS AS (qty * price) STORED,
	label TEXT AS (sku || ':' || qty) VIRTUAL,
	region TEXT COLLATE NOCASE CONSTRAINT fk_region REFERENCES region (code) ON UPDATE CASCADE ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
	parent INT REFERENCES "order" ON DELETE CASCADE,
	blob_ BLOB,
	note TEXT DEFAULT (lower('NONE') || hex(randomblob(8))),
	untyped,
	UNIQUE (sku, region) ON CONFLICT ABORT,
	CONSTRAINT "uq sku" UNIQUE (sku DESC) ON CONFLICT ROLLBACK,
	CHECK (length(sku) < 41)
);
CREATE INDEX ix_price ON "order" (price DESC, sku COLLATE RTRIM);
CREATE UNIQUE INDEX "ix note" ON "order" (lower(note)) WHERE note IS NOT NULL AND id > 0;
CREATE INDEX ix_expr ON "order" ((qty * 2) DESC, abs(price));

CREATE TABLE item (
	id INTEGER PRIMARY KEY,
	order_id INT NOT NULL REFERENCES "order" (id) ON DELETE CASCADE,
	note TEXT
) STRICT;
CREATE TABLE soft (id INTEGER PRIMARY KEY, order_id INT REFERENCES "order" ON DELETE SET NULL);

CREATE VIEW big AS SELECT id, sku, qty FROM "order" WHERE qty >= 100;
CREATE VIEW bigger (what) AS SELECT sku FROM big;

CREATE TRIGGER order_log AFTER INSERT ON "order" WHEN new.sku = 'after' BEGIN
	INSERT INTO log (what) VALUES ('insert ' || new.sku);
END;
CREATE TRIGGER item_count AFTER INSERT ON item BEGIN
	UPDATE "order" SET qty = qty + 1 WHERE id = new.order_id;
END;
CREATE TRIGGER order_qty AFTER UPDATE OF qty ON "order" BEGIN SELECT 1; END;
CREATE TRIGGER big_insert INSTEAD OF INSERT ON big BEGIN
	INSERT INTO "order" (sku, qty, price) VALUES (new.sku, 100, 0);
END;
