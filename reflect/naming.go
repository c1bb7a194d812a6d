package reflect

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/schema"
)

// Naming is how objects that nobody named are named. Each text is a template in which {table} stands for the table's
// name and {columns} for its columns, joined by underscores. An empty one is the default, which is what PostgreSQL itself
// chooses for unnamed constraints, so that a database that bun created needs no renames.
type Naming struct {
	PrimaryKey string // {table}_pkey
	Unique     string // {table}_{columns}_key
	ForeignKey string // {table}_{columns}_fkey
	Check      string // {table}_{columns}_check
	Exclusion  string // {table}_{columns}_excl
	Index      string // ix_{table}_{columns}
	Enum       string // {table}_{columns}
}

func (n Naming) enum(table schema.Name, column string, rules nameRules) string {
	return rules.expand(cmp.Or(n.Enum, "{table}_{columns}"), table.Name, []string{column})
}

// nameRules are an engine's rules for names.
type nameRules struct {
	limit           int       // 0 is none
	inBytes         bool      // else in characters
	shrinkParts     bool      // too long a name is cut at table and columns, as PostgreSQL does, else at its end
	namedPrimaryKey bool      // a primary key has a name
	indexScope      nameScope // of indexes, and of the constraints that are indexes
	keyScope        nameScope // of foreign keys and checks
}

type nameScope int

const (
	scopeTable nameScope = iota
	scopeNamespace
)

func (n nameRules) size(name string) int {
	if n.inBytes {
		return len(name)
	}
	return utf8.RuneCountInString(name)
}

func (n nameRules) tooLong(name string) bool { return n.limit > 0 && n.size(name) > n.limit }

// expand fills in a template and keeps to the limit.
func (n nameRules) expand(template, table string, columns []string) string {
	joined := strings.Join(columns, "_")
	fill := func(table, joined string) string {
		before, after, _ := strings.Cut(template, "{columns}")
		if len(before) == len(template) {
			joined = ""
		}
		return strings.ReplaceAll(before, "{table}", table) + joined + strings.ReplaceAll(after, "{table}", table)
	}
	if n.shrinkParts {
		if !strings.Contains(template, "{columns}") {
			columns = nil
		}
		// ChooseIndexNameAddition stops at the column that reaches the limit; makeObjectName takes bytes from the longer part.
		joined = joinUpTo(columns, n.limit)
		tableSize, joinedSize := len(table), len(joined)
		excess := len(fill(table, joined)) - n.limit
		for ; excess > 0 && tableSize+joinedSize > 0; excess-- {
			if tableSize > joinedSize {
				tableSize--
			} else {
				joinedSize--
			}
		}
		table, joined = clip(table, tableSize), clip(joined, joinedSize)
	}
	name := fill(table, joined)
	if n.tooLong(name) {
		return n.hashed(fill(table, strings.Join(columns, "_")))
	}
	return name
}

// joinUpTo joins columns by underscores until the text is longer than the limit.
func joinUpTo(columns []string, limit int) string {
	var out strings.Builder
	for i, column := range columns {
		if i > 0 {
			out.WriteByte('_')
		}
		out.WriteString(column)
		if out.Len() > limit {
			break
		}
	}
	return out.String()
}

// clip cuts a text to a number of bytes, at the end of a character.
func clip(text string, size int) string {
	if size >= len(text) {
		return text
	}
	for size > 0 && !utf8.RuneStart(text[size]) {
		size--
	}
	return text[:size]
}

// hashed cuts a name and ends it with a hash of the whole, so that two long names stay apart.
func (n nameRules) hashed(name string) string {
	sum := sha256.Sum256([]byte(name))
	suffix := "_" + hex.EncodeToString(sum[:4])
	if n.limit == 0 {
		return name + suffix
	}
	for n.size(name)+len(suffix) > n.limit {
		_, last := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-last]
	}
	return name + suffix
}

// namedPart is a part of a table that has or gets a name.
type namedPart struct {
	kind     string // "index", "check" …
	name     *string
	implied  *bool // set when the name is the convention's
	template string
	columns  []string
	scope    nameScope
	space    string // names of different spaces do not meet
	origin   schema.Origin
}

// nameAll gives names to what has none, and makes sure that no two things of one scope have the same. Explicit names go
// first; then tables go by name, so that the result does not depend on the order of the models.
func (r *reader) nameAll(tables []*model) {
	n := &namer{r: r, rules: r.engine.names(), taken: map[string]string{}}
	if n.rules.indexScope == scopeNamespace {
		for _, m := range tables {
			n.taken["index "+m.name.Schema+" "+m.name.Name] = "table " + m.name.String()
		}
	}
	sorted := sortedByName(tables)
	parts := make([][]namedPart, len(sorted))
	for i, m := range sorted {
		parts[i] = n.parts(m)
		for _, part := range parts[i] {
			if *part.name != "" {
				n.claim(m, part)
			}
		}
	}
	for i, m := range sorted {
		for _, part := range parts[i] {
			if *part.name == "" {
				n.choose(m, part)
			}
		}
	}
}

type namer struct {
	r     *reader
	rules nameRules
	taken map[string]string // what has a name, by scope and name
}

func (n *namer) key(m *model, part namedPart, name string) string {
	scope := m.name.Schema
	if part.scope == scopeTable {
		scope = m.name.String()
	}
	if n.r.server.Dialect != schema.Postgres {
		name = strings.ToLower(name)
	}
	return part.space + " " + scope + " " + name
}

func (n *namer) claim(m *model, part namedPart) {
	if n.rules.tooLong(*part.name) {
		if !n.rules.inBytes {
			n.r.failAt(part.origin, fmt.Sprintf("the name %s of the %s is longer than %d characters", *part.name, part.kind, n.rules.limit),
				"choose a shorter one")
			return
		}
		cut := clip(*part.name, n.rules.limit)
		n.r.note(NameCut, Warning, part.origin,
			fmt.Sprintf("the server cuts the name %s of the %s to %s", *part.name, part.kind, cut), "choose a shorter one")
		*part.name = cut
	}
	key := n.key(m, part, *part.name)
	if holder, taken := n.taken[key]; taken {
		n.r.failAt(part.origin, fmt.Sprintf("the name %s of the %s of table %s is taken by %s", *part.name, part.kind, m.name, holder),
			"choose another name")
		return
	}
	n.taken[key] = n.holder(m, part)
}

func (n *namer) holder(m *model, part namedPart) string {
	holder := fmt.Sprintf("the %s of table %s", part.kind, m.name)
	if part.origin.Type != "" {
		holder += " (" + place(part.origin) + ")"
	}
	return holder
}

// choose takes the conventional name. If it is taken, a number follows it, as on PostgreSQL.
func (n *namer) choose(m *model, part namedPart) {
	template := part.template
	for pass := 1; ; pass++ {
		name := n.rules.expand(template, m.name.Name, part.columns)
		if key := n.key(m, part, name); n.taken[key] == "" {
			*part.name, *part.implied = name, true
			n.taken[key] = n.holder(m, part)
			return
		}
		template = part.template + strconv.Itoa(pass)
	}
}

// parts lists what has names in a table, in the order in which names are chosen.
func (n *namer) parts(m *model) []namedPart {
	naming, table := n.r.options.Naming, m.table
	var out []namedPart
	if key := table.PrimaryKey; key != nil && (n.rules.namedPrimaryKey || key.Name != "") {
		out = append(out, namedPart{"primary key", &key.Name, &key.NameImplied, cmp.Or(naming.PrimaryKey, "{table}_pkey"), key.Columns,
			n.rules.indexScope, "index", key.Origin})
	}
	for _, unique := range table.Uniques {
		out = append(out, namedPart{"unique constraint", &unique.Name, &unique.NameImplied, cmp.Or(naming.Unique, "{table}_{columns}_key"),
			unique.Columns, n.uniqueScope(), n.uniqueSpace(), unique.Origin})
	}
	for _, exclusion := range table.Exclusions {
		var columns []string
		for _, element := range exclusion.Elements {
			columns = append(columns, n.r.words(element.IndexPart))
		}
		out = append(out, namedPart{"exclusion constraint", &exclusion.Name, &exclusion.NameImplied, cmp.Or(naming.Exclusion, "{table}_{columns}_excl"),
			columns, n.rules.indexScope, "index", exclusion.Origin})
	}
	for _, index := range table.Indexes {
		var columns []string
		for _, part := range index.Parts {
			columns = append(columns, n.r.words(part))
		}
		out = append(out, namedPart{"index", &index.Name, &index.NameImplied, cmp.Or(naming.Index, "ix_{table}_{columns}"), columns,
			n.rules.indexScope, "index", index.Origin})
	}
	for _, check := range table.Checks {
		out = append(out, namedPart{"check", &check.Name, &check.NameImplied, n.checkTemplate(m, check), n.checkColumns(m, check),
			n.rules.keyScope, "check", check.Origin})
	}
	for _, key := range table.ForeignKeys {
		out = append(out, namedPart{"foreign key", &key.Name, &key.NameImplied, cmp.Or(naming.ForeignKey, "{table}_{columns}_fkey"), key.Columns,
			n.rules.keyScope, n.keySpace(), key.Origin})
	}
	return out
}

// uniqueSpace: on SQLite the name of a unique constraint is not that of its index.
func (n *namer) uniqueSpace() string {
	if n.r.server.Dialect == schema.SQLite {
		return "check"
	}
	return "index"
}

func (n *namer) uniqueScope() nameScope {
	if n.r.server.Dialect == schema.SQLite {
		return scopeTable
	}
	return n.rules.indexScope
}

// keySpace: only MySQL lets a foreign key and a check of one table share a name.
func (n *namer) keySpace() string {
	if n.r.server.Dialect == schema.MySQL {
		return "foreign key"
	}
	return "check"
}

// checkColumns returns the one column that a check is about, as PostgreSQL names it after, or none.
func (n *namer) checkColumns(m *model, check *schema.Check) []string {
	if column := m.checkColumns[check]; column != "" {
		return []string{column}
	}
	var mentioned []string
	for _, column := range m.table.Columns {
		if sqltext.Mentions(n.r.server.Dialect, check.Expr, column.Name) {
			mentioned = append(mentioned, column.Name)
		}
	}
	if len(mentioned) == 1 {
		return mentioned
	}
	return nil
}

func (n *namer) checkTemplate(m *model, check *schema.Check) string {
	template := cmp.Or(n.r.options.Naming.Check, "{table}_{columns}_check")
	if len(n.checkColumns(m, check)) == 0 {
		template = strings.ReplaceAll(template, "_{columns}", "")
	}
	return template
}

// words makes a name's piece of a part of a key: the column, or the words of the expression.
func (r *reader) words(part schema.IndexPart) string {
	if part.Column != "" {
		return part.Column
	}
	var words []string
	for _, token := range sqltext.Significant(r.server.Dialect, part.Expr) {
		if name, ok := token.Ident(); ok {
			words = append(words, strings.ToLower(name))
		}
	}
	if len(words) == 0 {
		return "expr"
	}
	return strings.Join(words, "_")
}

// place returns "models.User.Email, models/user.go:12" for messages.
func place(origin schema.Origin) string {
	if origin.File == "" {
		return origin.String()
	}
	return fmt.Sprintf("%s, %s:%d", origin, origin.File, origin.Line)
}
