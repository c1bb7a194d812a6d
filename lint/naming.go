package lint

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

var naming = []rule{{
	Rule: Rule{
		ID: "reserved-word", Category: Naming, Severity: Info,
		Title:   "a name is a reserved word",
		What:    "A new table or column has a name that the engine reserves.",
		Why:     "Retort and bun quote it. Everybody else has to: scripts, dashboards, people at a prompt.",
		Safe:    "Take another word: orders instead of order, position instead of rank.",
		Engines: everywhere,
		Bad:     `m.AddColumn("orders", op.Column("group", "varchar(20)"))`,
		Good:    `m.AddColumn("orders", op.Column("batch", "varchar(20)"))`,
	},
	step: func(r *run, operation op.Operation) {
		r.newNames(operation, func(kind, object, name string) {
			if reserved(r.Server, name) {
				r.find(object, fmt.Sprintf("%s %s has a reserved word for a name: everybody has to quote it", kind, object), "take another word")
			}
		})
	},
}, {
	Rule: Rule{
		ID: "mixed-case", Category: Naming, Severity: Info,
		Title:   "a name has capital letters",
		What:    "A new table or column has a name with capital letters.",
		Why:     "PostgreSQL finds it only in quotes. MySQL's tables depend on the file system's case, so that the same query works on one server and fails on another.",
		Safe:    "Use lower case and underscores.",
		Engines: []Engine{onPostgres, onMySQL},
		Bad:     `m.CreateTable("userNotes", op.Column("id", "bigint").NotNull(), op.PrimaryKey("id"))`,
		Good:    `m.CreateTable("user_notes", op.Column("id", "bigint").NotNull(), op.PrimaryKey("id"))`,
	},
	step: func(r *run, operation op.Operation) {
		r.newNames(operation, func(kind, object, name string) {
			if strings.IndexFunc(name, unicode.IsUpper) >= 0 && (kind == "table" || r.Server.Dialect == schema.Postgres) {
				r.find(object, fmt.Sprintf("%s %s is found only if its capital letters are written just so", kind, object), "use lower case and underscores")
			}
		})
	},
}}

// newNames calls look for each table and column name that an operation brings.
func (r *run) newNames(operation op.Operation, look func(kind, object, name string)) {
	switch o := operation.(type) {
	case *op.CreateTable:
		look("table", o.Table.Name.String(), o.Table.Name.Name)
		for _, column := range o.Table.Columns {
			look("column", columnOf(o.Table.Name, column.Name), column.Name)
		}
	case *op.RenameTable:
		look("table", o.To.String(), o.To.Name)
	case *op.AddColumn:
		look("column", columnOf(o.Table, o.Column.Name), o.Column.Name)
	case *op.RenameColumn:
		look("column", columnOf(o.Table, o.To), o.To)
	}
}

// reserved reports whether a server does not take the word as a bare name of a table or column. The lists are of what is
// reserved and likely: PostgreSQL's manual, appendix C; MySQL's, "Keywords and Reserved Words"; https://sqlite.org/lang_keywords.html,
// tried with the parser.
func reserved(server schema.Server, word string) bool {
	word = strings.ToLower(word)
	switch server.Dialect {
	case schema.Postgres:
		return reservedEverywhere[word] || reservedPostgres[word]
	case schema.MySQL:
		return reservedEverywhere[word] || reservedMySQL[word] || server.Flavor != schema.MariaDB && reservedMySQL8[word]
	}
	return reservedEverywhere[word] || reservedSQLite[word]
}

var (
	reservedEverywhere = words("all and as case check collate constraint create default distinct else foreign from group having in " +
		"into limit not null on or order primary references select table then to union unique using when where")
	reservedPostgres = words("analyse analyze any array asc asymmetric both cast column current_date current_role current_time current_timestamp current_user " +
		"deferrable desc do end except false fetch for grant initially intersect lateral leading localtime localtimestamp offset only placing " +
		"returning session_user some symmetric trailing true user variadic window with")
	reservedMySQL = words("add alter analyze asc before between bigint binary blob both by call cascade change char character column condition continue convert cross " +
		"current_date current_time current_timestamp current_user cursor database databases dec decimal declare delayed delete desc describe div double drop each " +
		"exists exit explain false fetch float for force fulltext grant high_priority if ignore index inner inout insert int integer interval is iterate join key keys kill " +
		"leading leave left like lines load localtime lock long loop match mod modifies natural numeric optimize option out outer outfile precision procedure purge range " +
		"read reads real regexp release rename repeat replace require restrict return revoke right rlike schema schemas separator set show signal smallint spatial sql " +
		"starting straight_join terminated text_ trailing trigger true undo unlock unsigned update usage use utc_date values varchar varying while with write xor zerofill")
	reservedMySQL8 = words("cube cume_dist dense_rank empty except first_value function generated groups grouping json_table lag last_value lateral lead nth_value ntile " +
		"of over percent_rank rank recursive row row_number rows system window")
	reservedSQLite = words("add alter autoincrement between commit deferrable delete drop escape except exists index insert intersect is isnull join " +
		"notnull nothing returning set transaction update values")
)

func words(list string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(list) {
		set[word] = true
	}
	return set
}
