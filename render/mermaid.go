package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/retort-db/retort/schema"
)

// Mermaid returns an entity-relationship diagram of a schema in Mermaid's language, as GitHub and GitLab draw it in
// Markdown: each table with its columns, types and keys, and a line for each foreign key. Names that the language cannot
// write stand in a comment beside a plain form of them.
func Mermaid(s *schema.Schema) string {
	var out strings.Builder
	out.WriteString("erDiagram\n")
	for table := range s.Tables.All() {
		if table.Foreign != "" {
			continue
		}
		fmt.Fprintf(&out, "    %s {\n", entity(table.Name))
		for _, column := range table.Columns {
			fmt.Fprintf(&out, "        %s\n", diagramColumn(table, column))
		}
		out.WriteString("    }\n")
	}
	for table := range s.Tables.All() {
		if table.Foreign != "" {
			continue
		}
		for _, key := range table.ForeignKeys {
			fmt.Fprintf(&out, "    %s %s %s : %s\n", entity(key.RefTable), cardinality(table, key), entity(table.Name), MermaidText(strings.Join(key.Columns, ", ")))
		}
	}
	return out.String()
}

func entity(name schema.Name) string { return MermaidEntity(name.String()) }

// MermaidEntity writes the name of an entity in quotes. Mermaid takes anything between them but quotes, backslashes and
// percent signs, which are replaced.
func MermaidEntity(name string) string {
	return `"` + strings.NewReplacer(`"`, "'", `\`, "/", "%", "％", "\n", " ", "\r", " ").Replace(name) + `"`
}

// MermaidText writes a remark or a label in quotes.
func MermaidText(text string) string { return `"` + plainText(text) + `"` }

func plainText(text string) string {
	return strings.NewReplacer(`"`, "'", "\n", " ", "\r", " ").Replace(text)
}

// diagramColumn writes a column: type, name, the keys that it is part of, and a comment where the words had to be changed.
func diagramColumn(table *schema.Table, column *schema.Column) string {
	sqlType, name := MermaidWord(column.Type), MermaidWord(column.Name)
	text := sqlType + " " + name
	var keys []string
	if table.PrimaryKey != nil && slices.Contains(table.PrimaryKey.Columns, column.Name) {
		keys = append(keys, "PK")
	}
	if slices.ContainsFunc(table.ForeignKeys, func(key *schema.ForeignKey) bool { return slices.Contains(key.Columns, column.Name) }) {
		keys = append(keys, "FK")
	}
	if slices.ContainsFunc(table.Uniques, func(u *schema.Unique) bool { return len(u.Columns) == 1 && u.Columns[0] == column.Name }) {
		keys = append(keys, "UK")
	}
	if len(keys) > 0 {
		text += " " + strings.Join(keys, ", ")
	}
	var remarks []string
	if name != column.Name {
		remarks = append(remarks, column.Name)
	}
	if sqlType != column.Type && column.Type != "" {
		remarks = append(remarks, column.Type)
	}
	if column.NotNull {
		remarks = append(remarks, "NOT NULL")
	}
	if len(remarks) > 0 {
		text += " " + MermaidText(strings.Join(remarks, "; "))
	}
	return text
}

// MermaidWord turns a text into what Mermaid takes for a type or a column: a letter, then letters, digits, _ and -.
func MermaidWord(text string) string {
	var out strings.Builder
	for _, r := range text {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r == '_':
			out.WriteRune(r)
		case r >= '0' && r <= '9', r == '-':
			if out.Len() == 0 {
				out.WriteByte('_')
			}
			out.WriteRune(r)
		default:
			if !strings.HasSuffix(out.String(), "_") {
				out.WriteByte('_')
			}
		}
	}
	if trimmed := strings.TrimRight(out.String(), "_"); trimmed != "" {
		return trimmed
	}
	return "any"
}

// cardinality draws a foreign key: the row that is referred to is one, or none where the key may be NULL; the referring rows
// are many, or at most one where the key is unique.
func cardinality(table *schema.Table, key *schema.ForeignKey) string {
	left, right := "||", "o{"
	for _, name := range key.Columns {
		if column := table.Column(name); column != nil && !column.NotNull {
			left = "|o"
		}
	}
	same := func(columns []string) bool { return slices.Equal(columns, key.Columns) }
	unique := table.PrimaryKey != nil && same(table.PrimaryKey.Columns)
	unique = unique || slices.ContainsFunc(table.Uniques, func(u *schema.Unique) bool { return same(u.Columns) })
	if unique {
		right = "o|"
	}
	return left + "--" + right
}
