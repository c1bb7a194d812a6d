package introspect

import (
	"encoding/hex"
	"regexp"
	"strings"

	"github.com/retort-db/retort/internal/mysqltext"
	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/schema"
)

// readDefinitions reads from SHOW CREATE TABLE what the catalog lacks.
func (n *mysqlNamespace) readDefinitions() error {
	var tables []*mysqlTable
	var shown []*mysqlShown
	for _, table := range n.order {
		if table.needs.any() {
			tables = append(tables, table)
			shown = append(shown, &mysqlShown{kind: "TABLE", name: table.Name.Name})
		}
	}
	if err := n.show(shown); err != nil {
		return err
	}
	for i, table := range tables {
		if err := shown[i].err; err != nil {
			n.unreadable[table] = err.Error()
			continue
		}
		n.applyDefinition(table, withoutVersionComments(shown[i].statement))
	}
	return nil
}

// withoutVersionComments bares the clauses that MySQL hides from older servers in comments: /*!50100 PARTITION BY … */.
// MySQL reads their insides as SQL, so that a quoted name may hold what looks like the end.
func withoutVersionComments(text string) string {
	var out strings.Builder
	for {
		at := versionComment(text)
		out.WriteString(text[:at])
		opener := mysqlVersionComment.FindString(text[at:])
		if opener == "" {
			return out.String()
		}
		text = text[at+len(opener):]
		end := commentEnd(text)
		out.WriteString(strings.TrimRight(text[:end], " \n"))
		text = strings.TrimPrefix(text[end:], "*/")
	}
}

// versionComment returns where the first comment with a version begins, or the length of the text.
func versionComment(text string) int {
	for _, token := range sqltext.Tokens(schema.MySQL, text) {
		if token.Kind == sqltext.Comment && mysqlVersionComment.MatchString(token.Text) {
			return token.Pos
		}
	}
	return len(text)
}

// commentEnd returns where the first */ outside of quotes is, or the length of the text.
func commentEnd(text string) int {
	tokens := sqltext.Tokens(schema.MySQL, text)
	for i, token := range tokens {
		if token.Is("*") && i+1 < len(tokens) && tokens[i+1].Is("/") {
			return token.Pos
		}
	}
	return len(text)
}

func (n *mysqlNamespace) applyDefinition(table *mysqlTable, statement string) {
	items, tail := splitCreateTable(statement)
	for _, item := range items {
		kind, name := itemHead(item)
		if table.needs.expressions {
			n.restoreExpressions(table, kind, name, item)
		}
		switch {
		case kind == "PERIOD" && name != "SYSTEM_TIME":
			n.unreadable[table] = "its application-time period " + name + " is not supported"
		case kind == "FULLTEXT" && table.Index(name) != nil:
			if found := mysqlParser.FindStringSubmatch(item); found != nil {
				table.Index(name).Options.Set(schema.OptionParser, strings.ReplaceAll(found[1], "``", "`"))
			}
		case kind == "":
			for _, column := range table.needs.binaryDefault {
				if column == name {
					table.Column(name).Default = bytesDefault(table.Column(name).Type, item)
				}
			}
		}
	}
	if table.needs.union {
		options := mysqltext.Canonical(strings.Join(mysqlUnion.FindAllString(tail, -1), " "), n.database)
		table.Options.Set(schema.OptionCreate, strings.TrimSpace(table.Options.Value(schema.OptionCreate)+" "+options))
	}
	if table.needs.partitions {
		table.Partition = &schema.Partition{By: partitionClause(tail)}
	}
}

var (
	mysqlParser         = regexp.MustCompile("(?i)WITH PARSER `((?:[^`]|``)+)`")
	mysqlVersionComment = regexp.MustCompile(`^/\*!\d*\s*`)
	// mysqlUnion matches the options of a MERGE table that the catalog does not have.
	mysqlUnion     = regexp.MustCompile("(?i)INSERT_METHOD=\\w+|UNION=\\((?:`(?:[^`]|``)+`|[^)`])*\\)")
	mysqlPartition = regexp.MustCompile(`(?is)PARTITION\s+BY\s+(.*)`)
)

// splitCreateTable returns the columns, keys and constraints of a CREATE TABLE statement, and what follows them.
func splitCreateTable(statement string) (items []string, tail string) {
	depth, start := 0, 0
	for _, token := range sqltext.Tokens(schema.MySQL, statement) {
		switch {
		case token.Is("("):
			depth++
			if depth == 1 {
				start = token.Pos + 1
			}
		case token.Is(","):
			if depth == 1 {
				items = append(items, strings.TrimSpace(statement[start:token.Pos]))
				start = token.Pos + 1
			}
		case token.Is(")"):
			depth--
			if depth == 0 {
				items = append(items, strings.TrimSpace(statement[start:token.Pos]))
				return items, statement[token.Pos+1:]
			}
		}
	}
	return items, ""
}

// itemHead returns the first keyword of an item, "" for a column, and its name.
func itemHead(item string) (kind, name string) {
	for _, token := range sqltext.Significant(schema.MySQL, item) {
		if token.Kind == sqltext.Word {
			if kind == "" {
				kind = strings.ToUpper(token.Text)
			}
			if token.Is("SYSTEM_TIME") {
				return kind, "SYSTEM_TIME"
			}
			continue
		}
		if name, ok := token.Ident(); ok {
			return kind, name
		}
		return kind, ""
	}
	return kind, ""
}

// bytesDefault returns the default in a column's definition, as a hex literal unless the type is a list of texts. The
// server writes 0xFF00 or a string of raw bytes.
func bytesDefault(columnType, item string) string {
	tokens := sqltext.Significant(schema.MySQL, item)
	for i, token := range tokens[:len(tokens)-1] {
		if !token.Is("DEFAULT") {
			continue
		}
		text := tokens[i+1].Text
		if digits, ok := strings.CutPrefix(text, "0x"); ok {
			return "x'" + strings.ToLower(digits) + "'"
		}
		value, ok := mysqltext.Unquote(text)
		switch {
		case !ok:
			return text
		case strings.HasPrefix(columnType, "enum(") || strings.HasPrefix(columnType, "set("):
			return mysqltext.Quote(value)
		}
		return "x'" + hex.EncodeToString([]byte(value)) + "'"
	}
	return ""
}

// partitionClause returns what follows PARTITION BY in the tail of a CREATE TABLE statement.
func partitionClause(tail string) string {
	found := mysqlPartition.FindStringSubmatch(tail)
	if found == nil {
		return ""
	}
	return strings.TrimSpace(found[1])
}
