-- The books of an allotment association.
CREATE TABLE currencies (code TEXT NOT NULL PRIMARY KEY CHECK (length(code) = 3), name TEXT NOT NULL, minor_digits INTEGER NOT NULL DEFAULT 2 CHECK (minor_digits IN (0, 2, 3))) STRICT, WITHOUT ROWID;
CREATE TABLE exchange_rates (
	base TEXT NOT NULL REFERENCES currencies, quote TEXT NOT NULL REFERENCES currencies (code), day TEXT NOT NULL DEFAULT CURRENT_DATE,
	rate REAL NOT NULL CONSTRAINT rate_positive CHECK (rate > 0), inverse REAL GENERATED ALWAYS AS (1 / rate) STORED,
	PRIMARY KEY (base, quote, day DESC), CONSTRAINT two_currencies CHECK (base <> quote)
) STRICT, WITHOUT ROWID;
CREATE TABLE accounts (
	number TEXT PRIMARY KEY CHECK (number GLOB '[0-9][0-9][0-9][0-9]*'), parent TEXT, kind TEXT NOT NULL CHECK (kind IN ('asset', 'liability', 'equity', 'income', 'expense')),
	title TEXT NOT NULL COLLATE NOCASE, sign INT AS (CASE WHEN kind IN ('asset', 'expense') THEN 1 ELSE -1 END) VIRTUAL, currency TEXT NOT NULL DEFAULT 'EUR' REFERENCES currencies,
	opened DATE NOT NULL DEFAULT '2001-01-01', closed DATE, tax TEXT REFERENCES tax_codes (code) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
	UNIQUE (title, kind), CONSTRAINT accounts_kind UNIQUE (number, kind),
	CONSTRAINT accounts_parent FOREIGN KEY (parent, kind) REFERENCES accounts (number, kind) ON UPDATE CASCADE, CHECK (closed > opened)
);
CREATE INDEX accounts_tree ON accounts (parent) WHERE parent IS NOT NULL;
CREATE TABLE tax_codes (code TEXT PRIMARY KEY, rate DECIMAL(5, 2) NOT NULL, account TEXT REFERENCES accounts (number), valid_from DATE DEFAULT '2007-01-01');
CREATE TABLE years (year INTEGER PRIMARY KEY CHECK (year > 1990), audited_by TEXT, audited DATE);
CREATE TABLE periods (year INT NOT NULL REFERENCES years, month INT NOT NULL CHECK (month BETWEEN 1 AND 13), state TEXT NOT NULL DEFAULT 'open', PRIMARY KEY (year, month)) WITHOUT ROWID;
CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, login TEXT NOT NULL UNIQUE ON CONFLICT ABORT COLLATE NOCASE, may_close INT NOT NULL DEFAULT 0, "limit" INT DEFAULT 500000);
CREATE TABLE journals (code TEXT PRIMARY KEY, title TEXT NOT NULL, numbering TEXT DEFAULT ('J-' || strftime('%Y', 'now')), locked INT DEFAULT 0) WITHOUT ROWID;
CREATE TABLE vouchers (
	id INTEGER PRIMARY KEY AUTOINCREMENT, booked DATE NOT NULL, journal TEXT NOT NULL REFERENCES journals ON UPDATE CASCADE, year INT NOT NULL, month INT NOT NULL,
	entered_by INT NOT NULL REFERENCES users, entered_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, memo TEXT NOT NULL DEFAULT '', reverses INT CONSTRAINT reversed_once UNIQUE REFERENCES vouchers,
	CONSTRAINT vouchers_period FOREIGN KEY (year, month) REFERENCES periods ON DELETE RESTRICT, CHECK (reverses <> id)
);
CREATE INDEX vouchers_day ON vouchers (booked, journal COLLATE NOCASE);
CREATE INDEX vouchers_memo ON vouchers (lower(substr(memo, 1, 20))) WHERE memo <> '' AND memo NOT LIKE '%(draft)%';
CREATE TABLE entries (
	voucher_id INT NOT NULL REFERENCES vouchers ON DELETE CASCADE, line INT NOT NULL, account TEXT NOT NULL REFERENCES accounts ON UPDATE CASCADE,
	debit INT NOT NULL DEFAULT 0, credit INT NOT NULL DEFAULT 0, balance INT AS (debit - credit) STORED, tax TEXT REFERENCES tax_codes, cost_centre INT REFERENCES cost_centres ON DELETE SET NULL,
	PRIMARY KEY (voucher_id, line), CONSTRAINT one_side CHECK ((debit = 0) <> (credit = 0)), CONSTRAINT no_negatives CHECK (debit >= 0 AND credit >= 0)
) WITHOUT ROWID;
CREATE INDEX entries_account ON entries (account, voucher_id DESC);
CREATE INDEX entries_large ON entries (debit / 100.0) WHERE debit > 100000;
CREATE TABLE cost_centres (id INTEGER PRIMARY KEY, label TEXT NOT NULL, parent_id INT REFERENCES cost_centres ON DELETE CASCADE);
CREATE TABLE budgets (year INT REFERENCES years, account TEXT REFERENCES accounts, cost_centre INT REFERENCES cost_centres, planned INT NOT NULL, by_month TEXT DEFAULT '[0,0,0,0,0,0,0,0,0,0,0,0]' CHECK (json_array_length(by_month) = 12), UNIQUE (year, account, cost_centre));
CREATE TABLE documents (id TEXT PRIMARY KEY, voucher_id INT REFERENCES vouchers ON DELETE SET NULL, kind TEXT DEFAULT 'invoice', scan BLOB, sha256 BLOB NOT NULL UNIQUE);
CREATE TABLE closings (year INT NOT NULL, month INT NOT NULL, account TEXT NOT NULL REFERENCES accounts, balance INT NOT NULL, PRIMARY KEY (year, month, account), FOREIGN KEY (year, month) REFERENCES periods MATCH FULL);
CREATE TABLE standing_orders (id INTEGER PRIMARY KEY, template TEXT NOT NULL, every_days INT NOT NULL DEFAULT 30 CHECK (every_days > 0), next DATE, at TIME DEFAULT '08:30');
CREATE TABLE banks (bic CHARACTER VARYING(11) PRIMARY KEY, name TEXT NOT NULL, city TEXT);
CREATE TABLE bank_accounts (id INTEGER PRIMARY KEY, iban TEXT NOT NULL UNIQUE CHECK (length(iban) BETWEEN 15 AND 34), bic TEXT REFERENCES banks, account TEXT NOT NULL UNIQUE REFERENCES accounts);
CREATE TABLE statements (bank_account_id INT NOT NULL REFERENCES bank_accounts, number INT NOT NULL, day DATE NOT NULL, opening INT NOT NULL, closing INT NOT NULL, raw TEXT, PRIMARY KEY (bank_account_id, day, number));
CREATE TABLE bank_lines (
	id INTEGER PRIMARY KEY, bank_account_id INT NOT NULL, day DATE NOT NULL, statement INT NOT NULL, amount INT NOT NULL, purpose TEXT, other_iban TEXT, matched INT REFERENCES vouchers (id),
	FOREIGN KEY (bank_account_id, day, statement) REFERENCES statements (bank_account_id, day, number) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX bank_lines_unmatched ON bank_lines (day, amount) WHERE matched IS NULL;
CREATE TABLE gardens (id INTEGER PRIMARY KEY, row TEXT NOT NULL, plot INT NOT NULL, area NUMERIC CHECK (area > 0), UNIQUE (row COLLATE NOCASE, plot DESC));
CREATE TABLE members (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, joined DATE NOT NULL DEFAULT CURRENT_DATE, left_on DATE, receivables TEXT REFERENCES accounts, mandate TEXT);
CREATE TABLE leases (garden_id INT NOT NULL REFERENCES gardens, member_id INT NOT NULL REFERENCES members, since DATE NOT NULL, until DATE, CHECK (until IS NULL OR until > since));
CREATE UNIQUE INDEX leases_current ON leases (garden_id) WHERE until IS NULL;
CREATE TABLE tariffs (id INTEGER PRIMARY KEY, rhythm TEXT NOT NULL DEFAULT 'yearly', per_m2 REAL, fixed INT, CHECK (per_m2 IS NOT NULL OR fixed IS NOT NULL));
CREATE TABLE dues (id INTEGER PRIMARY KEY, member_id INT REFERENCES members, tariff_id INT REFERENCES tariffs, for_year INT, cents INT NOT NULL CHECK (cents > 0), voucher_id INT REFERENCES vouchers, UNIQUE (member_id, tariff_id, for_year));
CREATE TABLE reminders (due_id INT REFERENCES dues ON DELETE CASCADE, level INT DEFAULT 1, sent DATE, fee INT DEFAULT 250, PRIMARY KEY (due_id, level)) WITHOUT ROWID;
CREATE TABLE hours_worked (member_id INT REFERENCES members, day DATE, hours REAL NOT NULL CHECK (hours > 0 AND hours <= 12), what TEXT, PRIMARY KEY (member_id, day) ON CONFLICT REPLACE);
CREATE TABLE meters (id INTEGER PRIMARY KEY, garden_id INT REFERENCES gardens, kind TEXT CHECK (kind IN ('water', 'power')), serial TEXT UNIQUE);
CREATE TABLE readings (meter_id INT NOT NULL REFERENCES meters ON DELETE CASCADE, day DATE NOT NULL, value REAL NOT NULL, PRIMARY KEY (meter_id, day)) WITHOUT ROWID;
CREATE TABLE "old ledger (1998)" ("Konto-Nr." INT, "Betrag in DM" DECIMAL(12, 2), "Bemerkung" TEXT DEFAULT 'aus "Papier" übernommen', "Größe [m²]" REAL);
CREATE INDEX "Ix Konto-Nr." ON "old ledger (1998)" ("Konto-Nr.", "Größe [m²]" DESC);
CREATE TABLE import_rows (line, fields, error);
CREATE TABLE audit_trail (seq INTEGER PRIMARY KEY AUTOINCREMENT, at REAL DEFAULT (julianday()), who TEXT, what TEXT, old BLOB, new BLOB);
CREATE VIEW balances AS SELECT a.number, a.title, a.kind, coalesce(sum(e.balance), 0) * a.sign AS cents FROM accounts a LEFT JOIN entries e ON e.account = a.number GROUP BY a.number;
CREATE VIEW trial_balance (kind, cents) AS SELECT kind, sum(cents) FROM balances GROUP BY 1 UNION ALL SELECT 'all', sum(cents) FROM balances;
CREATE VIEW unpaid AS SELECT d.id, m.name, d.cents, (SELECT max(r.level) FROM reminders r WHERE r.due_id = d.id) AS level FROM dues d JOIN members m ON m.id = d.member_id WHERE d.voucher_id IS NULL;
CREATE TRIGGER closed_period BEFORE INSERT ON vouchers WHEN (SELECT state FROM periods WHERE year = new.year AND month = new.month) = 'closed' BEGIN SELECT raise(FAIL, 'the period is closed'); END;
CREATE TRIGGER trail_accounts AFTER UPDATE ON accounts BEGIN INSERT INTO audit_trail (who, what, old, new) VALUES ('?', 'accounts', old.number, new.number); END;
CREATE TRIGGER pay INSTEAD OF UPDATE OF level ON unpaid BEGIN INSERT INTO reminders (due_id, level, sent) VALUES (old.id, new.level, date('now')); END;
