package lint

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// habits holds rules about types, and those that a project has to ask for, since people differ.
var habits = []rule{{
	Rule: Rule{
		ID: "mysql-type", Category: Design, Severity: Info,
		Title:   "a type that MySQL's own documentation advises against",
		What:    "A new column is an integer with a display width, ZEROFILL, FLOAT or DOUBLE with digits, UNSIGNED with decimals, YEAR(2), or TIMESTAMP.",
		Why:     "Display widths and ZEROFILL change how a value is shown and not what fits; FLOAT(M,D) rounds once more; the server takes them with a warning and will stop to. TIMESTAMP ends in January 2038.",
		Safe:    "INT and BIGINT without a width (but TINYINT(1) for bool), DECIMAL with a check, DATETIME.",
		Engines: []Engine{onMySQL},
		Bad:     `m.AddColumn("users", op.Column("seen", "timestamp"))`,
		Good:    `m.AddColumn("users", op.Column("seen", "datetime"))`,
	},
	step: func(r *run, operation op.Operation) {
		r.newColumns(operation, func(table schema.Name, column *schema.Column) {
			text := strings.ToLower(column.Type)
			word, arguments, _ := strings.Cut(text, "(")
			word, _, _ = strings.Cut(strings.TrimSpace(word), " ")
			inexact := word == "float" || word == "double" || word == "real"
			why := ""
			switch {
			case word == "timestamp":
				why = "ends in January 2038"
			case strings.Contains(text, "zerofill"):
				why = "only changes how a value is shown"
			case strings.HasSuffix(word, "int") && arguments != "" && !strings.HasPrefix(text, "tinyint(1)"):
				why = "has a width that limits nothing"
			case inexact && strings.Contains(arguments, ","):
				why = "rounds once more than its values do"
			case strings.Contains(text, "unsigned") && (inexact || word == "decimal" || word == "numeric"):
				why = "does not get larger numbers by it"
			case word == "year" && strings.HasPrefix(arguments, "2"):
				why = "has no century"
			}
			if why != "" {
				r.find(columnOf(table, column.Name), fmt.Sprintf("%s.%s is %s, which %s", table, column.Name, column.Type, why), "see MySQL's manual, \"Data Types\"")
			}
		})
	},
}, {
	Rule: Rule{
		ID: "prefer-text", Category: Design, Severity: Info, Optional: true,
		Title:   "a text with a limit",
		What:    "A new column is varchar(n).",
		Why:     "PostgreSQL stores text and varchar alike. A limit that turns out too small is a revision, and one that gets smaller copies the table.",
		Safe:    "text, with a check on its length where one is meant.",
		Engines: []Engine{onPostgres},
		Bad:     `m.AddColumn("users", op.Column("nick", "varchar(20)"))`,
		Good:    `m.AddColumn("users", op.Column("nick", "text"))`,
	},
	step: func(r *run, operation op.Operation) {
		r.newColumns(operation, func(table schema.Name, column *schema.Column) {
			if kind := parseType(r.Server.Dialect, column.Type); kind.word == "varchar" && len(kind.arguments) > 0 {
				r.find(columnOf(table, column.Name), fmt.Sprintf("%s.%s is %s", table, column.Name, column.Type), "use text, with a check if the length matters")
			}
		})
	},
}, {
	Rule: Rule{
		ID: "prefer-bigint", Category: Design, Severity: Info, Optional: true,
		Title:   "an integer with fewer than 64 bits",
		What:    "A new column is integer, smallint or another type below bigint.",
		Why:     "Counters and ids outgrow 32 bits, and widening the column copies the table.",
		Safe:    "bigint.",
		Engines: []Engine{onPostgres, onMySQL},
		Bad:     `m.AddColumn("users", op.Column("visits", "integer"))`,
		Good:    `m.AddColumn("users", op.Column("visits", "bigint"))`,
	},
	step: func(r *run, operation op.Operation) {
		full := parseType(r.Server.Dialect, "bigint").integerRank()
		r.newColumns(operation, func(table schema.Name, column *schema.Column) {
			if rank := parseType(r.Server.Dialect, column.Type).integerRank(); rank > 0 && rank < full && !strings.HasPrefix(strings.ToLower(column.Type), "tinyint(1)") {
				r.find(columnOf(table, column.Name), fmt.Sprintf("%s.%s is %s", table, column.Name, column.Type), "use bigint")
			}
		})
	},
}, {
	Rule: Rule{
		ID: "inexact-number", Category: Design, Severity: Info, Optional: true,
		Title:   "a number that is stored inexactly",
		What:    "A new column is real, float or double precision.",
		Why:     "0.1 is not among their values: sums of money are off by a cent, and comparisons fail.",
		Safe:    "numeric(p, s), or an integer in the smallest unit.",
		Engines: []Engine{onPostgres, onMySQL},
		Bad:     `m.AddColumn("orders", op.Column("tax", "double precision"))`,
		Good:    `m.AddColumn("orders", op.Column("tax", "numeric(10,2)"))`,
	},
	step: func(r *run, operation op.Operation) {
		r.newColumns(operation, func(table schema.Name, column *schema.Column) {
			word, _, _ := strings.Cut(strings.ToLower(column.Type), "(")
			switch strings.TrimSpace(word) {
			case "real", "float", "float4", "float8", "double", "double precision":
				r.find(columnOf(table, column.Name), fmt.Sprintf("%s.%s is %s", table, column.Name, column.Type), "use numeric, or an integer in the smallest unit")
			}
		})
	},
}, {
	Rule: Rule{
		ID: "column-order", Category: Design, Severity: Info, Optional: true,
		Title:   "another order of the columns takes less space",
		What:    "The columns of a new table with a fixed size are in an order that leaves gaps of eight bytes or more in a row.",
		Why:     "PostgreSQL puts a value at a multiple of its alignment, so that a boolean before a bigint takes eight bytes. It does not move columns by itself, and cannot later.",
		Safe:    "Columns of eight bytes first, then those of four, two and one, then texts and numerics.",
		Engines: []Engine{onPostgres},
		Bad:     `m.CreateTable("flags", op.Column("a", "boolean").NotNull(), op.Column("id", "bigint").NotNull(), op.Column("b", "boolean").NotNull(), op.Column("at", "timestamptz").NotNull(), op.PrimaryKey("id"))`,
		Good:    `m.CreateTable("flags", op.Column("id", "bigint").NotNull(), op.Column("at", "timestamptz").NotNull(), op.Column("a", "boolean").NotNull(), op.Column("b", "boolean").NotNull(), op.PrimaryKey("id"))`,
	},
	step: on(func(r *run, o *op.CreateTable) {
		var widths []width
		for _, column := range o.Table.Columns {
			if w, fixed := widthOf(column.Type); fixed {
				widths = append(widths, w)
			}
		}
		best := slices.Clone(widths)
		slices.SortStableFunc(best, func(a, b width) int { return cmp.Compare(b.align, a.align) })
		if now, least := rowSize(widths), rowSize(best); now > least {
			r.find(o.Table.Name.String(), fmt.Sprintf("each row of %s takes %d bytes for gaps between its columns", o.Table.Name, now-least), "put the columns of eight bytes first, and the short ones last")
		}
	}),
}, {
	Rule: Rule{
		ID: "missing-comment", Category: Design, Severity: Info, Optional: true,
		Title:   "a table or column without a comment",
		What:    "A new table or column has no comment.",
		Why:     "Who meets it in a dashboard or a dump does not have the Go code at hand.",
		Safe:    "`ddl:\"comment:…\"` in the model.",
		Engines: []Engine{onPostgres, onMySQL},
		Bad:     `m.AddColumn("users", op.Column("kind", "bigint"))`,
		Good:    `m.AddColumn("users", op.Column("kind", "bigint").Comment("1 is a person, 2 a company"))`,
	},
	step: func(r *run, operation op.Operation) {
		if create, ok := operation.(*op.CreateTable); ok && create.Table.Comment == "" && len(create.Table.Columns) > 0 {
			r.find(create.Table.Name.String(), fmt.Sprintf("table %s has no comment", create.Table.Name), "say what it is for")
		}
		if _, alters := operation.(*op.AlterColumn); alters {
			return
		}
		r.newColumns(operation, func(table schema.Name, column *schema.Column) {
			if column.Comment == "" {
				r.find(columnOf(table, column.Name), fmt.Sprintf("column %s.%s has no comment", table, column.Name), "say what it means")
			}
		})
	},
}, {
	Rule: Rule{
		ID: "foreign-key-used", Category: Design, Severity: Info, Optional: true,
		Title:   "a foreign key is added",
		What:    "A foreign key is added, to a new table or to one that was there.",
		Why:     "Some projects do without: tables that live on several servers, tables that a tool such as gh-ost changes, loads that cannot wait for the look at the other table.",
		Safe:    "Keep the rule in the program, and look for orphans with a query now and then.",
		Engines: everywhere,
		Bad:     `m.CreateTable("notes", op.Column("id", "bigint").NotNull(), op.Column("user_id", "bigint"), op.PrimaryKey("id"), op.ForeignKey("user_id").References("users", "id").Named("fk_notes_user_id"))`,
		Good:    `m.CreateTable("notes", op.Column("id", "bigint").NotNull(), op.Column("user_id", "bigint"), op.PrimaryKey("id"))`,
	},
	revision: func(r *run) {
		r.newForeignKeys(func(table *schema.Table, key *schema.ForeignKey) {
			r.findWhere(table.Name, fmt.Sprintf("%s refers to %s by foreign key %s", table.Name, key.RefTable, key.Name), "keep the rule in the program")
		})
	},
}, {
	Rule: Rule{
		ID: "unqualified-name", Category: Naming, Severity: Info, Optional: true,
		Title:   "a table without its schema",
		What:    "A new table's name has no schema.",
		Why:     "Where it goes depends on search_path, which differs by role and connection.",
		Safe:    "Name the schema: `m.CreateTable(\"app.notes\", …)`, and `bun:\"table:app.notes\"` in the model.",
		Engines: []Engine{onPostgres},
		Bad:     `m.CreateTable("notes", op.Column("id", "bigint").NotNull(), op.PrimaryKey("id"))`,
		Good:    `m.CreateTable("app.notes", op.Column("id", "bigint").NotNull(), op.PrimaryKey("id"))`,
	},
	step: on(func(r *run, o *op.CreateTable) {
		if o.Table.Name.Schema == "" {
			r.find(o.Table.Name.String(), fmt.Sprintf("where table %s goes depends on search_path", o.Table.Name), "name the schema")
		}
	}),
}}

// width is the size and the alignment of a type's values in a row of PostgreSQL, see pg_type.typlen and typalign.
type width struct{ size, align int }

func widthOf(text string) (width, bool) {
	switch parseType(schema.Postgres, text).word {
	case "bigint", "timestamp", "timestamptz", "time", "double precision", "money":
		return width{8, 8}, true
	case "interval":
		return width{16, 8}, true
	case "timetz":
		return width{12, 8}, true
	case "integer", "real", "date", "oid":
		return width{4, 4}, true
	case "smallint":
		return width{2, 2}, true
	case "boolean":
		return width{1, 1}, true
	case "uuid":
		return width{16, 1}, true
	}
	return width{}, false
}

// rowSize is what values take one behind the other, with the row's own alignment of eight bytes.
func rowSize(widths []width) int {
	size := 0
	for _, w := range widths {
		size = (size+w.align-1)/w.align*w.align + w.size
	}
	return (size + 7) / 8 * 8
}
