package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// inStatements holds the rules that look at what steps in SQL say. What such a step does to tables is looked at by the other
// rules too, see stepsInSQL.
var inStatements = []rule{{
	Rule: Rule{
		ID: "drop-schema", Category: Destructive, Severity: Danger,
		Title:   "a schema or database is dropped",
		What:    "A schema or database is dropped, by its operation or in SQL.",
		Why:     "Everything in it goes with it, also what nobody thought of; nothing of it is named in the revision.",
		Safe:    "Drop its tables one by one, in revisions that name them, and the empty schema last. Take a backup of it.",
		Engines: []Engine{onPostgres, onMySQL},
		Bad:     `m.Exec("DROP SCHEMA archive").NoSchemaChange()`,
		Good:    `m.Exec("CREATE SCHEMA archive").NoSchemaChange()`,
	},
	step: func(r *run, operation op.Operation) {
		if o, ok := operation.(*op.DropNamespace); ok {
			r.find(o.Name, fmt.Sprintf("everything in %s is lost with it", o.Name), "drop its tables one by one, in revisions that name them")
		}
	},
}, {
	Rule: Rule{
		ID: "drop-cascade", Category: Destructive, Severity: Danger,
		Title:   "what depends on something is dropped with it",
		What:    "A step in SQL drops something with CASCADE, or truncates with CASCADE.",
		Why:     "Views, foreign keys, columns of a dropped type, and whole tables of a schema go too, and the revision names none of them: whoever wrote it cannot know what the database of the next customer has.",
		Safe:    "Drop what depends on it first, by name. What is forgotten then ends the step instead of being lost.",
		Engines: []Engine{onPostgres},
		Bad:     `m.Exec("DROP TABLE archived_orders CASCADE")`,
		Good:    `m.Exec("DROP TABLE archived_orders")`,
	},
	step: onStatement(func(r *run, _ *op.Exec, s statement) {
		drops := s.is("DROP") || s.is("TRUNCATE") || s.is("ALTER") && s.has("DROP") && !s.hasAll("ON", "DELETE", "CASCADE")
		if drops && s.has("CASCADE") {
			r.find("", "what depends on it is dropped, too: "+s.short(), "drop what depends on it first, by name")
		}
	}),
}, {
	Rule: Rule{
		ID: "rename-schema", Category: Breaking, Severity: Danger,
		Title:   "a schema or database is renamed",
		What:    "A step in SQL renames a schema or database.",
		Why:     "Code that runs meanwhile names the old one, as do search paths, connection strings and functions.",
		Safe:    "Rename while nothing runs, or create the new schema and move the tables one by one.",
		Engines: []Engine{onPostgres},
		Bad:     `m.Exec("ALTER SCHEMA sales RENAME TO shop").NoSchemaChange()`,
		Good:    `m.Exec("CREATE SCHEMA shop").NoSchemaChange()`,
	},
	step: onStatement(func(r *run, _ *op.Exec, s statement) {
		if (s.is("ALTER SCHEMA") || s.is("ALTER DATABASE")) && s.hasAll("RENAME", "TO") {
			r.find("", "code that runs meanwhile knows the old name: "+s.short(), "rename while nothing runs")
		}
	}),
}, {
	Rule: Rule{
		ID: "domain-constraint-scans", Category: Scan, Severity: Danger,
		Title:   "a domain's constraint is tried on every table that uses it",
		What:    "A step in SQL adds a constraint to a domain without NOT VALID, or makes it NOT NULL.",
		Why:     "Every row of every table with a column of the domain is read, and nobody can write to those tables meanwhile.",
		Safe:    "Add it with NOT VALID, and validate it in a revision of its own.",
		Engines: []Engine{onPostgres},
		Bad:     `m.Exec("ALTER DOMAIN email ADD CONSTRAINT has_at CHECK (VALUE LIKE '%@%')").NoSchemaChange()`,
		Good:    `m.Exec("ALTER DOMAIN email ADD CONSTRAINT has_at CHECK (VALUE LIKE '%@%') NOT VALID").NoSchemaChange()`,
	},
	step: onStatement(func(r *run, _ *op.Exec, s statement) {
		if s.is("ALTER DOMAIN") && (s.has("ADD") && !s.hasAll("NOT", "VALID") || s.hasAll("SET", "NOT", "NULL")) {
			r.find("", "nobody can write to the tables with such a column while their rows are checked: "+s.short(), "add it with NOT VALID, and validate it in a revision of its own")
		}
	}),
}, {
	Rule: Rule{
		ID: "validate-in-transaction", Category: Lock, Severity: Warning,
		Title:   "a constraint is validated under the lock that added it",
		What:    "A step in SQL validates a constraint that was added as NOT VALID in the same transaction.",
		Why:     "The addition's lock lasts until the transaction ends: nobody can write during the scan, which is what NOT VALID was for.",
		Safe:    "Use `m.ValidateConstraint`, which runs in a transaction of its own, or put the step into the next revision.",
		Engines: []Engine{onPostgres},
		Bad: `m.AddConstraint("orders", op.Check("orders_total_check", "total >= 0").NotValid())
m.Exec("ALTER TABLE orders VALIDATE CONSTRAINT orders_total_check").NoSchemaChange()`,
		Good: `m.AddConstraint("orders", op.Check("orders_total_check", "total >= 0").NotValid())
m.ValidateConstraint("orders", op.CheckConstraint, "orders_total_check")`,
	},
	step: on(func(r *run, o *op.ValidateConstraint) {
		if r.inSQL == nil || !r.effect.Transactional {
			return
		}
		for _, step := range slices.Backward(r.done) {
			switch before := step.(type) {
			case *op.AddConstraint:
				if before.Table == o.Table && before.Name() == o.Name {
					r.findIn(o.Table, o.Table.String(), fmt.Sprintf("nobody can write to %s while %s is validated: the lock of its addition lasts until the transaction ends", o.Table, o.Name), "use m.ValidateConstraint, which runs in a transaction of its own")
					return
				}
			case *op.Backfill, *op.ValidateConstraint:
				return // The transaction ended there.
			case *op.Exec:
				if before.OutsideTransaction {
					return
				}
			}
		}
	}),
}, {
	Rule: Rule{
		ID: "extension-update", Category: Implicit, Severity: Warning,
		Title:   "an extension is updated",
		What:    "A step in SQL is ALTER EXTENSION … UPDATE.",
		Why:     "It runs a script of the extension, which may lock, rewrite or drop whatever it likes; there is seldom a way back. Which version it takes depends on what is installed on the server.",
		Safe:    "Read the extension's notes, name the version with TO, and try it on a copy.",
		Engines: []Engine{onPostgres},
		Bad:     `m.Exec("ALTER EXTENSION postgis UPDATE").NoSchemaChange()`,
		Good:    `m.CreateExtension("hstore")`,
	},
	step: onStatement(func(r *run, _ *op.Exec, s statement) {
		if s.is("ALTER EXTENSION") && s.has("UPDATE") {
			r.find("", "a script of the extension runs: "+s.short(), "read the extension's notes, name the version, and try it on a copy")
		}
	}),
}, {
	Rule: Rule{
		ID: "drop-extension", Category: Breaking, Severity: Warning,
		Title:   "an extension is dropped",
		What:    "An extension is dropped, by its operation or in SQL.",
		Why:     "Its functions, operators and types go with it, and code that uses them fails at once. The role that runs the downgrade may not have the right to install it again.",
		Safe:    "Look at what depends on it first: columns of its types, indexes with its operator classes, functions that call it.",
		Engines: []Engine{onPostgres},
		Bad:     `m.Exec("DROP EXTENSION hstore").NoSchemaChange()`,
		Good:    `m.CreateExtension("hstore")`,
	},
	step: func(r *run, operation op.Operation) {
		switch o := operation.(type) {
		case *op.DropExtension:
			r.find(o.Name.Name, fmt.Sprintf("the functions and types of extension %s go with it", o.Name), "look at what depends on it first")
		case *op.Exec:
			for _, s := range r.statements(o) {
				if s.is("DROP EXTENSION") {
					r.find("", "the extension's functions and types go with it: "+s.short(), "look at what depends on it first")
				}
			}
		}
	},
}, {
	Rule: Rule{
		ID: "create-table-as", Category: Design, Severity: Warning,
		Title:   "a table is made from a query",
		What:    "A step in SQL is CREATE TABLE … AS, CREATE TABLE … LIKE a query, or SELECT … INTO.",
		Why:     "The table has no keys, defaults, NOT NULL or indexes, its types are what the query happens to give, and the rows are copied in one transaction.",
		Safe:    "Create the table with `m.CreateTable`, and fill it with INSERT … SELECT.",
		Engines: everywhere,
		Bad:     `m.Exec("CREATE TABLE old_orders AS SELECT * FROM orders")`,
		Good:    `m.Exec("INSERT INTO archived_orders (id, user_id) SELECT id, user_id FROM orders WHERE id < 100")`,
	},
	step: onStatement(func(r *run, _ *op.Exec, s statement) {
		temporary := s.is("CREATE TEMP") || s.is("CREATE TEMPORARY")
		created := s.is("CREATE") && !temporary && s.topAt("TABLE") > 0 && s.topAt("TABLE") <= 4 && (s.topAt("SELECT") > 0 || s.topAt("AS") > 0 && (s.top("WITH") || s.top("TABLE")))
		into := s.is("SELECT") && s.topAt("INTO") > 0 && r.Server.Dialect == schema.Postgres && !s.hasAll("INTO", "TEMP") && !s.hasAll("INTO", "TEMPORARY")
		if created || into {
			r.find("", "the new table has no keys, and rows are copied in one go: "+s.short(), "create it with m.CreateTable, and fill it then")
		}
	}),
}, {
	Rule: Rule{
		ID: "dynamic-sql", Category: Implicit, Severity: Warning,
		Title:   "SQL that is put together while it runs",
		What:    "A step in SQL is a DO block or an anonymous block that runs text which is put together, or PREPARE … FROM a variable.",
		Why:     "Neither a reviewer nor these rules can say what it does: that depends on the database it runs on.",
		Safe:    "Write the statements out, with `m.On` where engines differ.",
		Engines: []Engine{onPostgres, onMySQL},
		Bad: `m.On(op.Postgres, func(m *op.Migration) { m.Exec("DO $$ BEGIN EXECUTE format('DROP TABLE %I', 'x'); END $$").NoSchemaChange() })
m.On(op.MySQL, func(m *op.Migration) { m.Exec("PREPARE stmt FROM @text").NoSchemaChange() })`,
		Good: `m.Exec("UPDATE users SET score = 0 WHERE score IS NULL")`,
	},
	step: on(func(r *run, o *op.Exec) {
		for _, s := range r.statements(o) {
			if s.is("EXECUTE") && r.Server.Dialect == schema.Postgres && len(s) > 1 && s[1].Kind != sqltext.String && !s.is("EXECUTE FUNCTION") && r.blockOf(o) ||
				s.is("PREPARE") && r.Server.Dialect == schema.MySQL || s.is("EXECUTE IMMEDIATE") {
				r.find("", "nobody can tell what it runs: "+s.short(), "write the statements out")
			}
		}
	}),
}, {
	Rule: Rule{
		ID: "duplicate-assignment", Category: Failing, Severity: Warning,
		Title:   "a column is set twice",
		What:    "An UPDATE in SQL sets a column twice.",
		Why:     "PostgreSQL refuses it. MySQL and SQLite take the last one, without a word.",
		Safe:    "Leave one of them out.",
		Engines: everywhere,
		Bad:     `m.Exec("UPDATE users SET score = 0, name = trim(name), score = 1 WHERE id = 1")`,
		Good:    `m.Exec("UPDATE users SET score = 0, name = trim(name) WHERE id = 1")`,
	},
	step: onStatement(func(r *run, _ *op.Exec, s statement) {
		if column := s.setTwice(); column != "" {
			r.find("", fmt.Sprintf("column %s is set twice: %s", column, s.short()), "leave one of them out")
		}
	}),
}, {
	Rule: Rule{
		ID: "inline-reference", Category: Implicit, Severity: Danger,
		Title:   "MySQL ignores REFERENCES of a column",
		What:    "A step in SQL has REFERENCES in the definition of a column.",
		Why:     "MySQL before 9.0 reads it and makes no foreign key, without a word. MariaDB and later MySQL make one, so that servers differ.",
		Safe:    "Use `op.ForeignKey`, or FOREIGN KEY in a clause of its own.",
		Engines: []Engine{{Dialect: schema.MySQL, Versions: "before 9.0, not MariaDB"}},
		Bad:     `m.Exec("ALTER TABLE orders ADD COLUMN gift_id bigint REFERENCES products (id)")`,
		Good:    `m.Exec("ALTER TABLE orders ADD COLUMN gift_id bigint, ADD FOREIGN KEY (gift_id) REFERENCES products (id)")`,
	},
	step: onStatement(func(r *run, _ *op.Exec, s statement) {
		if r.Server.Flavor == schema.MariaDB || r.Server.Version.AtLeast(9, 0, 0) || !s.is("ALTER TABLE") && !s.is("CREATE TABLE") {
			return
		}
		if s.count("REFERENCES") > s.count("FOREIGN") {
			r.find("", "no foreign key is made: "+s.short(), "use op.ForeignKey, or FOREIGN KEY in a clause of its own")
		}
	}),
}, {
	Rule: Rule{
		ID: "not-repeatable", Category: Failing, Severity: Info,
		Title:   "a step outside of the transaction cannot be run again",
		What:    "A step in SQL with OutsideTransaction creates or drops something without IF [NOT] EXISTS.",
		Why:     "If the process dies after the statement and before its success is recorded, the next run carries it out again, and fails.",
		Safe:    "Add IF NOT EXISTS or IF EXISTS, or use the operation: Retort knows how to go on with it.",
		Engines: []Engine{onPostgres},
		Bad:     `m.Exec("CREATE DATABASE reports").NoSchemaChange().OutsideTransaction()`,
		Good:    `m.Exec("ALTER TABLE orders ADD COLUMN IF NOT EXISTS note text").NoSchemaChange().OutsideTransaction()`,
	},
	step: onStatement(func(r *run, o *op.Exec, s statement) {
		if !o.OutsideTransaction {
			return
		}
		makes := s.is("CREATE") && !s.is("CREATE OR REPLACE") || s.is("DROP") || s.is("ALTER") && (s.top("ADD") || s.top("DROP"))
		if makes && !s.has("EXISTS") {
			r.find("", "it fails when it is run again after an interruption: "+s.short(), "add IF NOT EXISTS or IF EXISTS")
		}
	}),
}, {
	Rule: Rule{
		ID: "enum-value-used", Category: Failing, Severity: Danger,
		Title:   "a new enum value is used in the transaction that adds it",
		What:    "A step in SQL adds a value to an enum type, and a later one of the same revision uses it.",
		Why:     "PostgreSQL refuses it: unsafe use of new value.",
		Safe:    "Use `m.AddEnumValue`, which runs in a step of its own where that is needed.",
		Engines: []Engine{onPostgres},
		Bad: `m.Exec("ALTER TYPE order_status ADD VALUE 'refunded' AFTER 'lost'").NoSchemaChange()
m.Exec("UPDATE orders SET status = 'refunded' WHERE status = 'lost'")`,
		Good: `m.AddEnumValue("order_status", "refunded").After("lost")
m.Exec("UPDATE orders SET status = 'refunded' WHERE status = 'lost'")`,
	},
	step: on(func(r *run, o *op.AlterEnum) {
		if r.inSQL == nil || o.Add == "" || !r.effect.Transactional {
			return
		}
		literal := "'" + strings.ReplaceAll(o.Add, "'", "''") + "'"
		for _, later := range r.Upgrade[r.place:] {
			exec, ok := later.(*op.Exec)
			if !ok {
				continue
			}
			for _, s := range r.statements(exec) {
				if !s.is("ALTER TYPE") && slices.ContainsFunc(s, func(token sqltext.Token) bool { return token.Text == literal }) {
					r.find(o.Name.String(), fmt.Sprintf("the server refuses %s in the transaction that adds it: %s", literal, s.short()), "use m.AddEnumValue")
					return
				}
			}
		}
	}),
}}

// blockOf reports whether the SQL is an anonymous block of a procedural language.
func (r *run) blockOf(o *op.Exec) bool {
	return slices.ContainsFunc(r.statements(o), func(s statement) bool { return s.is("DO") })
}

// count is how often the word stands in the statement.
func (s statement) count(word string) int {
	n := 0
	for _, token := range s {
		if token.Is(word) {
			n++
		}
	}
	return n
}

// setTwice names a column that the UPDATE sets twice, or returns "".
func (s statement) setTwice() string {
	at := s.topAt("SET")
	if !s.is("UPDATE") || at < 0 {
		return ""
	}
	seen := map[string]bool{}
	depth := 0
	for i := at + 1; i < len(s); i++ {
		switch {
		case s[i].Is("("):
			depth++
		case s[i].Is(")"):
			depth--
		case depth == 0 && (s[i].Is("WHERE") || s[i].Is("FROM") || s[i].Is("RETURNING")):
			return ""
		case depth == 0 && s[i].Text == "=" && (s[i-1].Kind == sqltext.Word || s[i-1].Kind == sqltext.Quoted):
			first := i - 1
			if first > 1 && s[first-1].Text == "." {
				first -= 2
			}
			name, _ := s[i-1].Ident()
			name = strings.ToLower(name)
			if s[first-1].Text != "," && !s[first-1].Is("SET") {
				continue // a comparison
			}
			if seen[name] {
				return name
			}
			seen[name] = true
		}
	}
	return ""
}
