package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/schema"
)

// SQL returns statements as a script for the dialect's own command-line client: one statement after the other, each closed,
// with what it does above it where SQL alone does not tell. What a script cannot do, a step in Go, is left out by name in
// a comment; bound arguments stand in a comment above their statement.
func SQL(dialect schema.Dialect, statements []ddl.Statement) string {
	var out strings.Builder
	for i, statement := range statements {
		remarks := scriptRemarks(statement)
		if i > 0 && len(remarks) > 0 {
			out.WriteString("\n")
		}
		for _, remark := range remarks {
			out.WriteString("-- " + printable(remark) + "\n")
		}
		if statement.SQL != "" {
			out.WriteString(closed(dialect, statement.SQL))
		}
	}
	return out.String()
}

// Script is SQL for a whole plan. Where SQLite rebuilds a table it turns foreign keys off and is one transaction: with them on,
// dropping the old table would delete the rows that refer to it.
func Script(dialect schema.Dialect, statements []ddl.Statement) string {
	rebuilds := slices.ContainsFunc(statements, func(s ddl.Statement) bool { return s.ForeignKeysOff }) &&
		!slices.ContainsFunc(statements, func(s ddl.Statement) bool { return s.OutsideTransaction })
	if !rebuilds {
		return SQL(dialect, statements)
	}
	inside := slices.Clone(statements)
	for i := range inside {
		inside[i].ForeignKeysOff = false
	}
	return "PRAGMA foreign_keys = OFF;\nBEGIN;\n" + SQL(dialect, inside) + "COMMIT;\nPRAGMA foreign_keys = ON;\n"
}

func scriptRemarks(statement ddl.Statement) []string {
	var remarks []string
	if statement.Describe != "" {
		remarks = append(remarks, statement.Describe)
	}
	if statement.Run != nil {
		what := statement.Describe
		if statement.Operation != nil {
			what = statement.Operation.String()
		}
		remarks = append(remarks, "not in this script, a step in Go: "+what)
	}
	if statement.OutsideTransaction {
		remarks = append(remarks, "outside a transaction:")
	}
	if statement.ForeignKeysOff {
		remarks = append(remarks, "with PRAGMA foreign_keys=OFF, set before the transaction begins:")
	}
	if statement.Guard != "" {
		remarks = append(remarks, "this must return no row, or: "+strings.ReplaceAll(statement.Guard, "%v", "its first column"))
	}
	if len(statement.Args) > 0 {
		values := make([]string, len(statement.Args))
		for i, arg := range statement.Args {
			values[i] = fmt.Sprintf("%#v", arg)
		}
		remarks = append(remarks, "arguments: "+strings.Join(values, ", "))
	}
	return remarks
}

// closed ends a statement so that the client sends it whole. MySQL's client splits at every semicolon, also inside the body
// of a trigger or routine, unless it is told of another delimiter.
func closed(dialect schema.Dialect, sql string) string {
	sql = strings.TrimRight(strings.TrimRight(sql, "; \t\r\n"), " \t\r\n")
	if dialect != schema.MySQL || !strings.Contains(sql, ";") {
		return sql + ";\n"
	}
	delimiter := "//"
	for strings.Contains(sql, delimiter) {
		delimiter += "/"
	}
	return "DELIMITER " + delimiter + "\n" + sql + "\n" + delimiter + "\nDELIMITER ;\n"
}
