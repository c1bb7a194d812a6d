-- A shop, told in every dialect of CREATE statement that SQLite understands.
CREATE TABLE Warehouse (
	code TEXT COLLATE NOCASE NOT NULL CHECK (length(code) = 3 AND code <> ')'), -- CHECK (code <> 'XXX')
	"zone id" INTEGER NOT NULL DEFAULT 0,
	`manager``s name` VARCHAR(80) DEFAULT 'nobody''s',
	[since] TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
	PRIMARY KEY (code, "zone id" DESC)
) WITHOUT ROWID;

CREATE TABLE product (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	sku VARCHAR ( 40 ) NOT NULL ON CONFLICT FAIL COLLATE nocase CONSTRAINT uq_product_sku UNIQUE ON CONFLICT REPLACE,
	price DECIMAL(10, 2) NOT NULL DEFAULT (0 + 0) CONSTRAINT price_ok CHECK (price >= 0),
	tax DOUBLE PRECISION AS (price * 0.2) STORED,
	label TEXT GENERATED ALWAYS AS (sku || ' (' || price || ')') VIRTUAL,
	parent_id INT REFERENCES product ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
	wh_code TEXT, wh_zone INT,
	payload,
	raw BLOB DEFAULT x'CAFE',
	flag BOOLEAN DEFAULT FALSE,
	delta INT DEFAULT -7,
	stamp TEXT DEFAULT (strftime('%Y', 'now')),
	UNIQUE (wh_code COLLATE RTRIM, wh_zone DESC),
	CHECK (wh_code IS NOT NULL OR wh_zone IS NULL),
	CONSTRAINT fk_wh FOREIGN KEY (wh_code, WH_ZONE) REFERENCES warehouse (CODE, "Zone Id") ON UPDATE CASCADE ON DELETE RESTRICT MATCH FULL
);
CREATE INDEX ix_product_price ON product (price DESC, sku COLLATE BINARY);
CREATE UNIQUE INDEX "ix live" ON product (lower(sku), (price + delta) DESC) where flag = 0 AND sku <> 'where';

CREATE TABLE ledger (
	entry INT PRIMARY KEY,
	amount REAL NOT NULL,
	note ANY
) STRICT;

CREATE TABLE "select" ("from" INT, "order" TEXT, "größe" INT, "名前" TEXT, " " INT);

CREATE TABLE[Stock Count]([product id]INTEGER NOT NULL DEFAULT(0),"share"REAL NOT NULL DEFAULT '0',memo BLOB SUB_TYPE TEXT DEFAULT NULL,
	counted DATETIME NOT NULL DEFAULT '0000-00-00 00:00:00', PRIMARY KEY("product id",[counted]),CHECK([share]>=(0)AND[share]<=(1)),
	CONSTRAINT[FK_Stock]FOREIGN KEY([product id])REFERENCES[Product]([Id])ON DELETE NO ACTION ON UPDATE NO ACTION
)
;

CREATE VIEW cheap (sku, price) AS SELECT sku, price FROM product WHERE price < 10;
CREATE VIEW cheaper AS SELECT * FROM cheap WHERE price < 5;

CREATE TRIGGER product_audit AFTER UPDATE OF price ON product FOR EACH ROW WHEN new.price <> old.price BEGIN
	INSERT INTO ledger (entry, amount) VALUES (new.id, new.price);
	SELECT 'END;';
END;
CREATE TRIGGER cheap_insert INSTEAD OF INSERT ON cheap BEGIN
	INSERT INTO product (sku, price) VALUES (new.sku, new.price);
END;

CREATE VIRTUAL TABLE search USING fts5(title, body, content = '');
