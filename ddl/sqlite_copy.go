package ddl

import (
	"fmt"
	"slices"
	"strings"

	"github.com/retort-db/retort/schema"
)

// affinity is what SQLite prefers to store in a column, see https://www.sqlite.org/datatype3.html#type_affinity.
type affinity string

const (
	integerAffinity affinity = "INTEGER"
	textAffinity    affinity = "TEXT"
	blobAffinity    affinity = "BLOB" // stores what it is given
	realAffinity    affinity = "REAL"
	numericAffinity affinity = "NUMERIC"
)

// sqliteAffinity derives the affinity from a declared type by SQLite's five rules, in their order.
func sqliteAffinity(declared string) affinity {
	upper := strings.ToUpper(declared)
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(upper, word) })
	}
	switch {
	case has("INT"):
		return integerAffinity
	case has("CHAR", "CLOB", "TEXT"):
		return textAffinity
	case has("BLOB"), strings.TrimSpace(upper) == "":
		return blobAffinity
	case has("REAL", "FLOA", "DOUB"):
		return realAffinity
	}
	return numericAffinity
}

// isSQLiteTime reports whether a type of numeric affinity is one of dates and times, which keep texts.
func isSQLiteTime(declared string) bool {
	upper := strings.ToUpper(declared)
	return strings.Contains(upper, "DATE") || strings.Contains(upper, "TIME")
}

// copyRows fills the new table and compares the numbers of rows. OR ABORT is what SQLite does anyway, unless a
// conflict clause of the table says to ignore or replace rows, which a copy must not.
func (r *sqliteRebuild) copyRows() {
	var into, values []string
	if name := r.rowID(); name != "" {
		into, values = append(into, name), append(values, name)
	}
	for _, column := range r.after.Columns {
		name := r.interimName[column.Name]
		if r.interim.Column(name).Generated != nil {
			continue
		}
		value, ok := r.using[name]
		if !ok {
			from, exists := r.origin[column.Name]
			if !exists {
				continue // It gets its default.
			}
			value = r.convert(from, column)
		}
		into, values = append(into, sqliteQuote(name)), append(values, value)
	}
	old, fresh := sqliteName(r.before.Name), sqliteName(r.temporary)
	if len(into) > 0 {
		r.sql("INSERT OR ABORT INTO " + fresh + " (" + strings.Join(into, ", ") + ")\nSELECT " + strings.Join(values, ", ") + "\nFROM " + old)
	}
	r.out = append(r.out, Statement{
		SQL: "SELECT (SELECT count(*) FROM " + fresh + ") || ' of ' || (SELECT count(*) FROM " + old + ")\n" +
			"WHERE (SELECT count(*) FROM " + fresh + ") <> (SELECT count(*) FROM " + old + ")",
		Guard: "rebuild of " + sqliteGuardText(r.before.Name.String()) + ": %v rows were copied",
	})
}

// rowID returns the name by which the rowid is carried over, or "" if there is none or a column of the key holds it. Rows
// keep it, because full-text indexes and users' own tables refer to it.
func (r *sqliteRebuild) rowID() string {
	if r.before.Options.Has(schema.OptionWithoutRowID) || r.interim.Options.Has(schema.OptionWithoutRowID) {
		return ""
	}
	if alias := sqliteInlineKey(r.interim); alias != nil && (len(r.interim.PrimaryKey.Parts) == 0 || !r.interim.PrimaryKey.Parts[0].Desc) {
		for name, from := range r.origin {
			if from == alias.Name && r.interimName[name] == alias.Name {
				return "" // The column that becomes or stays the rowid has values of its own.
			}
		}
	}
	for _, name := range []string{"rowid", "_rowid_", "oid"} {
		isColumn := func(column *schema.Column) bool { return strings.EqualFold(column.Name, name) }
		if !slices.ContainsFunc(r.before.Columns, isColumn) && !slices.ContainsFunc(r.interim.Columns, isColumn) {
			return name
		}
	}
	return ""
}

// convert returns the copy expression of a column that has no other one. Affinity does the conversion when the row is
// inserted; only blobs are no affinity's.
func (r *sqliteRebuild) convert(from string, to *schema.Column) string {
	quoted := sqliteQuote(from)
	old := r.before.Column(from)
	if sqliteAffinity(old.Type) == textAffinity && strings.Contains(strings.ToUpper(to.Type), "BLOB") {
		return fmt.Sprintf("CASE typeof(%s) WHEN 'text' THEN CAST(%[1]s AS BLOB) ELSE %[1]s END", quoted)
	}
	return quoted
}

// checkValues asks for values that a changed type cannot hold. SQLite would store them as they are, or have them rounded
// by the way; CAST would make 0 of them.
func (r *sqliteRebuild) checkValues() {
	for _, column := range r.after.Columns {
		from, exists := r.origin[column.Name]
		if _, explicit := r.using[r.interimName[column.Name]]; !exists || explicit || column.Generated != nil {
			continue
		}
		was, is := r.before.Column(from).Type, column.Type
		if sqliteAffinity(was) == sqliteAffinity(is) {
			continue
		}
		bad := sqliteUnfit(sqliteQuote(from), is)
		if bad == "" {
			continue
		}
		r.out = append(r.out, Statement{
			SQL: "SELECT quote(" + sqliteQuote(from) + ") FROM " + sqliteName(r.before.Name) + " WHERE " + bad + " LIMIT 1",
			Guard: fmt.Sprintf("%s.%s cannot become %s: the value %%v does not fit; give the change a Using expression, or change the row first",
				sqliteGuardText(r.before.Name.String()), sqliteGuardText(from), sqliteGuardText(is)),
		})
	}
}

func sqliteGuardText(text string) string { return strings.ReplaceAll(text, "%", "%%") }

// sqliteUnfit returns the condition of the values of a column that a type cannot hold without loss, or "" if it holds all.
func sqliteUnfit(column, declared string) string {
	switch sqliteAffinity(declared) {
	case integerAffinity, realAffinity:
		return fmt.Sprintf("%s IS NOT NULL AND (typeof(%[1]s) = 'blob' OR %[1]s <> CAST(%[1]s AS %s))", column, sqliteAffinity(declared))
	case numericAffinity:
		if isSQLiteTime(declared) {
			return ""
		}
		return fmt.Sprintf("%s IS NOT NULL AND (typeof(%[1]s) = 'blob' OR %[1]s <> CAST(%[1]s AS NUMERIC))", column)
	case textAffinity:
		return fmt.Sprintf("typeof(%s) = 'blob' OR typeof(%[1]s) = 'real' AND CAST(CAST(%[1]s AS TEXT) AS REAL) <> %[1]s", column)
	case blobAffinity:
		if declared != "" {
			return fmt.Sprintf("typeof(%s) IN ('integer', 'real')", column)
		}
	}
	return ""
}
