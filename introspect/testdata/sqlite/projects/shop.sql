-- A market stall's till that syncs with a small web shop, kept in one file.
CREATE TABLE settings (key TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;
CREATE TABLE countries (
	code TEXT PRIMARY KEY COLLATE NOCASE CHECK (length(code) = 2), -- ISO 3166
	name TEXT NOT NULL UNIQUE,
	vat REAL NOT NULL DEFAULT 0.0
) WITHOUT ROWID;
CREATE TABLE customers (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	mail VARCHAR(254) COLLATE NOCASE NOT NULL CONSTRAINT one_account UNIQUE ON CONFLICT IGNORE,
	given_name TEXT, family_name TEXT NOT NULL,
	shown_name TEXT GENERATED ALWAYS AS (trim(coalesce(given_name, '') || ' ' || family_name)) VIRTUAL,
	newsletter BOOLEAN NOT NULL DEFAULT FALSE CHECK (newsletter IN (0, 1)),
	preferences TEXT DEFAULT '{"theme":"it''s plain"}' CHECK (json_valid(preferences)),
	created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX customers_by_name ON customers (family_name COLLATE NOCASE, given_name DESC);
CREATE INDEX customers_theme ON customers (json_extract(preferences, '$.theme'));
CREATE TABLE addresses (
	id INTEGER PRIMARY KEY,
	customer_id INTEGER NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
	label TEXT NOT NULL DEFAULT 'home',
	lines TEXT NOT NULL, postcode TEXT, city TEXT NOT NULL,
	country TEXT NOT NULL DEFAULT 'AT' REFERENCES countries ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
	UNIQUE (customer_id, label COLLATE NOCASE)
);
CREATE TABLE brands (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE, homepage TEXT CHECK (homepage LIKE 'https://%'));
CREATE TABLE categories (
	id INTEGER NOT NULL PRIMARY KEY,
	parent_id INTEGER CONSTRAINT tree REFERENCES categories (id) ON DELETE RESTRICT,
	title TEXT NOT NULL,
	"order" INT NOT NULL DEFAULT 0,
	CHECK (parent_id <> id)
);
CREATE UNIQUE INDEX categories_siblings ON categories (coalesce(parent_id, 0), lower(title));
CREATE TABLE products (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	brand_id INT REFERENCES brands ON DELETE SET NULL,
	category_id INT NOT NULL REFERENCES categories,
	title TEXT NOT NULL CONSTRAINT title_given CHECK (title <> ''),
	description TEXT NOT NULL DEFAULT '',
	/* in grams, as the scales say it */ weight INT CHECK (weight BETWEEN 1 AND 100000),
	kilos REAL AS (weight / 1000.0) STORED,
	released DATE DEFAULT CURRENT_DATE, withdrawn DATE,
	CONSTRAINT life CHECK (withdrawn IS NULL OR withdrawn >= released)
);
CREATE INDEX products_on_sale ON products (category_id, released DESC) WHERE withdrawn IS NULL;
CREATE TABLE variants (
	sku TEXT NOT NULL PRIMARY KEY COLLATE RTRIM,
	product_id INTEGER NOT NULL REFERENCES products ON DELETE CASCADE,
	colour TEXT, size TEXT,
	barcode BIGINT UNIQUE ON CONFLICT FAIL,
	cents INTEGER NOT NULL CHECK (cents > 0) DEFAULT (1 * 100),
	CONSTRAINT variants_kind UNIQUE (product_id, colour, size)
) WITHOUT ROWID;
CREATE INDEX variants_price ON variants (cents / 100, sku DESC);
CREATE TABLE pictures (product_id INT REFERENCES products ON DELETE CASCADE, ordinal INT DEFAULT 1, data BLOB DEFAULT x'', width INT, height INT, ratio AS (1.0 * width / nullif(height, 0)), PRIMARY KEY (product_id, ordinal DESC));
CREATE TABLE tags (name TEXT PRIMARY KEY ON CONFLICT IGNORE) WITHOUT ROWID;
CREATE TABLE product_tags (product_id INT NOT NULL REFERENCES products ON DELETE CASCADE, tag TEXT NOT NULL REFERENCES tags (name) ON UPDATE CASCADE, PRIMARY KEY (tag, product_id)) WITHOUT ROWID;
CREATE TABLE price_lists (id INTEGER PRIMARY KEY, name TEXT NOT NULL, "from" DATE NOT NULL, "to" DATE, CHECK ("to" IS NULL OR "to" > "from"));
CREATE TABLE prices (price_list_id INT REFERENCES price_lists ON DELETE CASCADE, sku TEXT REFERENCES variants ON UPDATE CASCADE, pieces INT DEFAULT 1, cents INT NOT NULL, PRIMARY KEY (price_list_id, sku, pieces)) WITHOUT ROWID;
CREATE TABLE vouchers (code TEXT PRIMARY KEY COLLATE NOCASE, percent NUMERIC(5, 2), cents INT, left_over INT DEFAULT 1 CHECK (left_over >= 0), CHECK ((percent IS NULL) <> (cents IS NULL)));
CREATE TABLE tills (id INTEGER PRIMARY KEY, name TEXT NOT NULL, float_cents INT DEFAULT 5000, opened_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now')));
CREATE TABLE sellers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, pin BLOB NOT NULL CHECK (length(pin) = 32), till_id INT REFERENCES tills ON DELETE SET DEFAULT DEFAULT 1);
CREATE TABLE sales (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	customer_id INT REFERENCES customers ON DELETE SET NULL,
	seller_id INT NOT NULL REFERENCES sellers,
	ship_to INT REFERENCES addresses ON DELETE SET NULL ON UPDATE NO ACTION,
	state TEXT NOT NULL DEFAULT 'basket' CHECK (state IN ('basket', 'ordered', 'paid', 'sent', 'returned')),
	voucher TEXT REFERENCES vouchers (code),
	placed_at TEXT NOT NULL DEFAULT (datetime('now')),
	day TEXT AS (substr(placed_at, 1, 10)) VIRTUAL
);
CREATE INDEX sales_day ON sales (day, seller_id);
CREATE INDEX "sales, still open" ON sales (state) WHERE state IN ('ordered', 'paid') AND customer_id IS NOT NULL;
CREATE TABLE sale_lines (
	sale_id INT NOT NULL, line INT NOT NULL,
	sku TEXT NOT NULL REFERENCES variants (sku) ON UPDATE CASCADE,
	pieces INT NOT NULL DEFAULT 1, cents INT NOT NULL, total INT AS (pieces * cents) STORED,
	CONSTRAINT sale_lines_pk PRIMARY KEY (sale_id, line) ON CONFLICT REPLACE,
	CONSTRAINT sale_lines_sale FOREIGN KEY (sale_id) REFERENCES sales (id) ON DELETE CASCADE,
	CONSTRAINT some CHECK (pieces <> 0)
);
CREATE TABLE invoices (number INTEGER PRIMARY KEY AUTOINCREMENT, sale_id INT NOT NULL UNIQUE REFERENCES sales, issued DATE NOT NULL DEFAULT (date('now')), due DATE DEFAULT (date('now', '+14 days')), pdf BLOB);
CREATE TABLE payments (id TEXT PRIMARY KEY, invoice INT REFERENCES invoices ON DELETE RESTRICT, method TEXT NOT NULL DEFAULT 'cash', cents INT NOT NULL, reference TEXT, at INT DEFAULT (unixepoch())) STRICT;
CREATE INDEX payments_reference ON payments (reference) WHERE reference <> '';
CREATE TABLE refunds (payment_id TEXT NOT NULL REFERENCES payments, why TEXT NOT NULL, cents INT CHECK (cents < 0));
CREATE TABLE reviews (product_id INT REFERENCES products ON DELETE CASCADE, customer_id INT REFERENCES customers ON DELETE CASCADE, stars INT NOT NULL CHECK (stars BETWEEN 1 AND 5), words TEXT, shown BOOLEAN DEFAULT TRUE, UNIQUE (product_id, customer_id) ON CONFLICT REPLACE);
CREATE TABLE baskets (token TEXT PRIMARY KEY, lines TEXT DEFAULT '[]', touched_at REAL DEFAULT (julianday('now')));
CREATE TABLE stalls (id INTEGER PRIMARY KEY, place TEXT NOT NULL, weekday INT CHECK (weekday BETWEEN 0 AND 6), [notes] TEXT);
CREATE TABLE bins (stall_id INT NOT NULL REFERENCES stalls, shelf TEXT NOT NULL, "level" INT NOT NULL, id INTEGER PRIMARY KEY, UNIQUE (stall_id, shelf, level));
CREATE TABLE stock (bin_id INT REFERENCES bins, sku TEXT REFERENCES variants, pieces INT NOT NULL DEFAULT 0, reserved INT NOT NULL DEFAULT 0, available INT AS (pieces - reserved), PRIMARY KEY (bin_id, sku), CHECK (reserved <= pieces)) WITHOUT ROWID;
CREATE TABLE movements (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, bin_id INT NOT NULL, sku TEXT NOT NULL, pieces INT NOT NULL CHECK (pieces <> 0), FOREIGN KEY (bin_id, sku) REFERENCES stock (bin_id, sku) DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE suppliers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, `their "number"` TEXT, terms_days INT DEFAULT +30);
CREATE TABLE supplier_items (supplier_id INT REFERENCES suppliers ON DELETE CASCADE, sku TEXT REFERENCES variants, cost INT, PRIMARY KEY (supplier_id, sku));
CREATE TABLE purchase_orders (id INTEGER PRIMARY KEY, supplier_id INT NOT NULL REFERENCES suppliers, sent DATE, expected DATE, CHECK (expected >= sent));
CREATE TABLE purchase_lines (purchase_order_id INT REFERENCES purchase_orders ON DELETE CASCADE, line INT, supplier_id INT NOT NULL, sku TEXT NOT NULL, pieces INT DEFAULT 10, PRIMARY KEY (purchase_order_id, line), FOREIGN KEY (supplier_id, sku) REFERENCES supplier_items);
CREATE TABLE sync_log (seq INTEGER PRIMARY KEY AUTOINCREMENT, "table" TEXT NOT NULL, "row" TEXT, op TEXT CHECK (op IN ('I', 'U', 'D')), pushed BOOLEAN DEFAULT 0);
CREATE VIRTUAL TABLE product_search USING fts5(title, description, content = 'products', content_rowid = 'id', tokenize = "unicode61 remove_diacritics 2");
CREATE VIEW catalogue AS SELECT p.id, p.title, b.name AS brand, min(v.cents) AS cents FROM products p LEFT JOIN brands b ON b.id = p.brand_id JOIN variants v ON v.product_id = p.id WHERE p.withdrawn IS NULL GROUP BY p.id;
CREATE VIEW bargains (id, title) AS SELECT id, title FROM catalogue WHERE cents < 1000;
CREATE VIEW takings AS WITH t(day, cents) AS (SELECT s.day, l.total FROM sales s JOIN sale_lines l ON l.sale_id = s.id) SELECT day, sum(cents) AS cents, rank() OVER (ORDER BY sum(cents) DESC) AS place FROM t GROUP BY day;
CREATE TRIGGER product_words_new AFTER INSERT ON products BEGIN
	INSERT INTO product_search (rowid, title, description) VALUES (new.id, new.title, new.description);
END;
CREATE TRIGGER product_words_gone AFTER DELETE ON products BEGIN
	INSERT INTO product_search (product_search, rowid, title, description) VALUES ('delete', old.id, old.title, old.description);
END;
CREATE TRIGGER stock_moves AFTER INSERT ON movements WHEN new.pieces <> 0 BEGIN
	UPDATE stock SET pieces = pieces + new.pieces WHERE bin_id = new.bin_id AND sku = new.sku;
	INSERT INTO sync_log ("table", "row", op) VALUES ('stock', CASE new.kind WHEN 'sale' THEN 'END;' ELSE new.sku END, 'U');
END;
CREATE TRIGGER withdraw INSTEAD OF DELETE ON catalogue BEGIN UPDATE products SET withdrawn = date('now') WHERE id = old.id; END;
