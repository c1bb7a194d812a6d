package sqliteddl

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	_ "modernc.org/sqlite"
)

// memory opens an empty database in memory.
func memory(tb testing.TB) *sql.DB {
	tb.Helper()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		tb.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	tb.Cleanup(func() { db.Close() })
	return db
}

// compare parses everything that a database holds and compares it with what SQLite's pragmas say. It returns the
// differences.
func compare(db *sql.DB) []string {
	o := &oracle{db: db}
	for _, row := range o.rows("SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'") {
		switch kind, name, table, text := row[0], row[1], row[2], row[3]; {
		case kind == "table" && IsVirtual(text):
			o.check(ParseVirtual(text))
		case kind == "table":
			o.table(name, text)
		case kind == "index":
			o.index(name, text)
		case kind == "view":
			view, err := ParseView(text)
			if o.check(view, err) && view.Name != name {
				o.differ("view %q is parsed as %q", name, view.Name)
			}
		case kind == "trigger":
			trigger, err := ParseTrigger(text)
			if o.check(trigger, err) && (trigger.Name != name || !strings.EqualFold(trigger.Table, table)) {
				o.differ("trigger %q on %q is parsed as %q on %q", name, table, trigger.Name, trigger.Table)
			}
		}
	}
	return o.differences
}

type oracle struct {
	db          *sql.DB
	differences []string
}

func (o *oracle) differ(format string, args ...any) {
	o.differences = append(o.differences, fmt.Sprintf(format, args...))
}

func (o *oracle) check(_ any, err error) bool {
	if err != nil {
		o.differ("%v", err)
	}
	return err == nil
}

// rows returns a query's rows as texts; NULL is "".
func (o *oracle) rows(query string, args ...any) [][]string {
	rows, err := o.db.Query(query, args...)
	if err != nil {
		o.differ("%s: %v", query, err)
		return nil
	}
	defer rows.Close()
	columns, _ := rows.Columns()
	var out [][]string
	for rows.Next() {
		values := make([]sql.NullString, len(columns))
		into := make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			o.differ("%s: %v", query, err)
			return nil
		}
		texts := make([]string, len(columns))
		for i, value := range values {
			texts[i] = value.String
		}
		out = append(out, texts)
	}
	if err := rows.Err(); err != nil {
		o.differ("%s: %v", query, err)
	}
	return out
}

func (o *oracle) table(name, text string) {
	table, err := ParseTable(text)
	if !o.check(table, err) {
		return
	}
	if table.Name != name {
		o.differ("table %q is parsed as %q", name, table.Name)
	}
	for _, row := range o.rows("SELECT strict, wr FROM pragma_table_list WHERE name = ? AND schema = 'main'", name) {
		if want := fmt.Sprint(bit(table.Strict), " ", bit(table.WithoutRowID)); want != row[0]+" "+row[1] {
			o.differ("table %q: strict, without rowid: parsed %s, SQLite says %v", name, want, row)
		}
	}
	columns := o.rows(`SELECT name, type, dflt_value, hidden FROM pragma_table_xinfo(?)`, name)
	if len(columns) != len(table.Columns) {
		o.differ("table %q: %d columns parsed, SQLite says %d", name, len(table.Columns), len(columns))
		return
	}
	for i, row := range columns {
		o.column(table.Columns[i], row)
	}
	o.foreignKeys(name, table)
	o.keys(name, table)
}

func (o *oracle) column(column Column, row []string) {
	if column.Name != row[0] {
		o.differ("column %q is parsed as %q", row[0], column.Name)
	}
	// SQLite takes the quotes off a type that begins with one, and loses what follows; the parser keeps all of it.
	quotedType := column.Type != "" && strings.ContainsAny(column.Type[:1], "\"'`[")
	// It also cuts a last word "always" off, looking for GENERATED ALWAYS.
	always := strings.HasSuffix(strings.ToLower(column.Type), "always")
	if !quotedType && !always && plain(column.Type) != plain(row[1]) {
		o.differ("column %q: type parsed %q, SQLite says %q", column.Name, column.Type, row[1])
	}
	hidden, text := "0", ""
	for _, c := range column.Constraints {
		switch {
		case c.Kind == Default:
			text = c.Expr
		case c.Kind == Generated && c.Stored:
			hidden = "3"
		case c.Kind == Generated:
			hidden = "2"
		}
	}
	if plain(text) != plain(row[2]) && hidden == "0" {
		o.differ("column %q: default parsed %q, SQLite says %q", column.Name, text, row[2])
	}
	if hidden != row[3] {
		o.differ("column %q: hidden parsed %s, SQLite says %s", column.Name, hidden, row[3])
	}
}

// plain takes out what may differ: comments, spaces, superfluous parentheses and case.
func plain(text string) string {
	s := newScanner(TrimParens(text))
	var out strings.Builder
	for _, token := range s.tokens {
		out.WriteString(strings.ToLower(token.Text))
	}
	return out.String()
}

func (o *oracle) foreignKeys(name string, table *Table) {
	var got []string
	add := func(c Constraint, columns ...string) {
		if r := c.References; r != nil {
			var refs []string
			for i, column := range columns {
				ref := ""
				if len(r.Columns) > 0 {
					ref = r.Columns[i]
				}
				refs = append(refs, column+">"+ref)
			}
			got = append(got, strings.Join([]string{r.Table, strings.Join(refs, ","), or(r.OnDelete, "NO ACTION"), or(r.OnUpdate, "NO ACTION")}, "|"))
		}
	}
	for _, column := range table.Columns {
		for _, c := range column.Constraints {
			add(c, column.Name)
		}
	}
	for _, c := range table.Constraints {
		columns := make([]string, len(c.Parts))
		for i, part := range c.Parts {
			columns[i] = part.Column
		}
		add(c, columns...)
	}
	var want []string
	for _, row := range o.rows(`SELECT "table", group_concat("from" || '>' || coalesce("to", ''), ','), on_delete, on_update
		FROM (SELECT * FROM pragma_foreign_key_list(?) ORDER BY id DESC, seq) GROUP BY id ORDER BY id DESC`, name) {
		want = append(want, strings.Join(row, "|"))
	}
	if !strings.EqualFold(strings.Join(got, "\n"), strings.Join(want, "\n")) {
		o.differ("table %q: foreign keys parsed %q, SQLite says %q", name, got, want)
	}
}

// keys checks that SQLite made a key of each column that the parser puts into one.
func (o *oracle) keys(name string, table *Table) {
	want := map[string]bool{}
	for _, row := range o.rows(`SELECT name FROM pragma_table_info(?) WHERE pk > 0`, name) {
		want[strings.ToLower(row[0])] = true
	}
	got := map[string]bool{}
	for _, column := range table.Columns {
		for _, c := range column.Constraints {
			if c.Kind == PrimaryKey {
				got[strings.ToLower(column.Name)] = true
			}
		}
	}
	for _, c := range table.Constraints {
		for _, part := range c.Parts {
			if c.Kind == PrimaryKey {
				got[strings.ToLower(part.Column)] = true
			}
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		o.differ("table %q: primary key parsed %v, SQLite says %v", name, got, want)
	}
}

func (o *oracle) index(name, text string) {
	index, err := ParseIndex(text)
	if !o.check(index, err) {
		return
	}
	if index.Name != name {
		o.differ("index %q is parsed as %q", name, index.Name)
	}
	var got, want []string
	columns := map[string]bool{}
	for _, row := range o.rows("SELECT lower(name) FROM pragma_table_xinfo(?)", index.Table) {
		columns[row[0]] = true
	}
	for _, part := range index.Parts {
		column := part.Column
		if !columns[strings.ToLower(column)] {
			column = "" // SQLite takes a name in double quotes that no column has for a text
		}
		got = append(got, fmt.Sprint(column, " ", bit(part.Desc)))
	}
	for _, row := range o.rows(`SELECT coalesce(name, ''), "desc" FROM pragma_index_xinfo(?) WHERE key ORDER BY seqno`, name) {
		want = append(want, row[0]+" "+row[1])
	}
	if !strings.EqualFold(strings.Join(got, "\n"), strings.Join(want, "\n")) {
		o.differ("index %q: parts parsed %q, SQLite says %q", name, got, want)
	}
	for _, row := range o.rows(`SELECT l."unique", l.partial FROM pragma_index_list(?) AS l WHERE l.name = ?`, index.Table, name) {
		if got := fmt.Sprint(bit(index.Unique), " ", bit(index.Where != "")); got != row[0]+" "+row[1] {
			o.differ("index %q: unique, partial: parsed %s, SQLite says %v", name, got, row)
		}
	}
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
