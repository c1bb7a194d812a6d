package ddl

import (
	"slices"
	"strconv"
	"strings"

	"github.com/retort-db/retort/schema"
)

func postgresQuote(name string) string { return Quote(schema.Postgres, name) }

func postgresName(name schema.Name) string { return QuoteName(schema.Postgres, name) }

func postgresQuoteAll(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = postgresQuote(name)
	}
	return strings.Join(quoted, ", ")
}

// postgresLiteral writes a string constant that means the same whatever standard_conforming_strings says.
func postgresLiteral(text string) string {
	quoted := "'" + strings.ReplaceAll(text, "'", "''") + "'"
	if strings.Contains(text, `\`) {
		return "E" + strings.ReplaceAll(quoted, `\`, `\\`)
	}
	return quoted
}

// postgresCollation writes a collation. A name that begins with a quote is SQL already (`"schema"."name"`), since plain
// names may contain dots ("en_US.utf8").
func postgresCollation(name string) string {
	if strings.HasPrefix(name, `"`) {
		return name
	}
	return postgresQuote(name)
}

// postgresRoutine writes the name of a function with its argument types, as [schema.Function.Name] holds it. The types are SQL.
func postgresRoutine(name schema.Name) string {
	base, arguments := splitRoutine(name.Name)
	return postgresName(schema.Name{Schema: name.Schema, Name: base}) + arguments
}

// splitRoutine splits "area(integer, integer)" before the parenthesis that the last one closes. A name without
// arguments is left whole: the server takes it if it is unique.
func splitRoutine(name string) (base, arguments string) {
	if !strings.HasSuffix(name, ")") {
		return name, ""
	}
	depth := 0
	for i := len(name) - 1; i >= 0; i-- {
		switch name[i] {
		case ')':
			depth++
		case '(':
			depth--
		}
		if depth == 0 {
			return name[:i], name[i:]
		}
	}
	return name, ""
}

func ifExists(wanted bool) string {
	if wanted {
		return "IF EXISTS "
	}
	return ""
}

func ifNotExists(wanted bool) string {
	if wanted {
		return "IF NOT EXISTS "
	}
	return ""
}

func alterTable(table schema.Name) string { return "ALTER TABLE " + postgresName(table) + " " }

func itoa(n int) string { return strconv.Itoa(n) }

// storageParameters splits "fillfactor=70, toast.autovacuum_enabled=false" into names and values.
func storageParameters(text string) (names []string, values map[string]string) {
	values = map[string]string{}
	for part := range strings.SplitSeq(text, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
			values[name] = strings.TrimSpace(value)
		}
	}
	return names, values
}

// storageList writes storage parameters for WITH (…) or SET (…). Values are quoted, which every parameter takes.
func storageList(text string) string {
	names, values := storageParameters(text)
	parts := make([]string, len(names))
	for i, name := range names {
		parts[i] = storageName(name)
		if values[name] != "" {
			parts[i] += "=" + postgresLiteral(values[name])
		}
	}
	return strings.Join(parts, ", ")
}

// storageName quotes the parts of a parameter's name, "toast.autovacuum_enabled".
func storageName(name string) string {
	space, rest, found := strings.Cut(name, ".")
	if found {
		return postgresQuote(space) + "." + postgresQuote(rest)
	}
	return postgresQuote(name)
}

// storageChange returns what must be set and what reset to get from one list of parameters to another.
func storageChange(from, to string) (set, reset string) {
	oldNames, oldValues := storageParameters(from)
	newNames, newValues := storageParameters(to)
	var setParts, resetParts []string
	for _, name := range newNames {
		if old, had := oldValues[name]; !had || old != newValues[name] {
			setParts = append(setParts, name+"="+newValues[name])
		}
	}
	for _, name := range oldNames {
		if !slices.Contains(newNames, name) {
			resetParts = append(resetParts, storageName(name))
		}
	}
	return storageList(strings.Join(setParts, ",")), strings.Join(resetParts, ", ")
}
