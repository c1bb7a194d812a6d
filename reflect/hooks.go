package reflect

import (
	"context"
	"errors"
	"fmt"
	stdreflect "reflect"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/schema"
)

var (
	beforeHookType = stdreflect.TypeFor[bun.BeforeCreateTableHook]()
	afterHookType  = stdreflect.TypeFor[bun.AfterCreateTableHook]()
)

// hookTimeout ends a hook that waits for something.
const hookTimeout = 10 * time.Second

// hooks runs the model's BeforeCreateTable and AfterCreateTable hooks against a database that only records, and takes the
// indexes and foreign keys that they make. What it cannot describe it reports.
func (r *reader) hooks(m *model) {
	pointer := stdreflect.PointerTo(m.typ)
	if !pointer.Implements(beforeHookType) && !pointer.Implements(afterHookType) {
		return
	}
	db := r.recordingDB()
	plain := db.NewCreateTable().Model(stdreflect.New(m.typ).Interface()).String()
	statements, err := db.record(func() error { return runHooks(db, m) })
	origin := r.typeOrigin(m.typ)
	if err != nil {
		var panicked *hookPanic
		what := "returns an error"
		if errors.As(err, &panicked) {
			what = "panics"
		}
		r.note(HookFailed, Warning, origin,
			fmt.Sprintf("its hook around CREATE TABLE %s when no real database is there: %v; what it would create is not known", what, err),
			"declare it in ddl tags or a DDL method instead")
	}
	indexes, uniques := len(m.table.Indexes), len(m.table.Uniques)
	for _, statement := range statements {
		r.hookStatement(m, origin, statement, plain)
	}
	// A hook may range over a Go map: the order of its statements means nothing.
	slices.SortStableFunc(m.table.Indexes[indexes:], func(a, b *schema.Index) int { return strings.Compare(a.Name, b.Name) })
	slices.SortStableFunc(m.table.Uniques[uniques:], func(a, b *schema.Unique) int { return strings.Compare(a.Name, b.Name) })
}

// hookPanic is what a hook panicked with.
type hookPanic struct{ cause any }

func (p *hookPanic) Error() string { return fmt.Sprint(p.cause) }

func runHooks(db *recordingDB, m *model) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = &hookPanic{cause}
		}
	}()
	ctx, cancel := context.WithTimeout(context.Background(), hookTimeout)
	defer cancel()
	_, err = db.NewCreateTable().Model(stdreflect.New(m.typ).Interface()).Exec(ctx)
	return err
}

// hookStatement takes what one recorded statement makes.
func (r *reader) hookStatement(m *model, origin schema.Origin, statement, plain string) {
	p := clauseParser{dialect: r.server.Dialect, text: statement, tokens: sqltext.Significant(r.server.Dialect, statement)}
	for len(p.tokens) > 0 && p.tokens[len(p.tokens)-1].Is(";") {
		p.tokens = p.tokens[:len(p.tokens)-1]
	}
	reason := "Retort does not describe such a statement"
	switch {
	case statement == plain || p.peek(0).Text == "":
		return
	case p.peek(0).Is("SELECT"):
		return // changes nothing
	case p.accept("CREATE", "TABLE"), p.accept("CREATE", "TEMP", "TABLE"):
		if reason = r.hookTable(m, origin, &p, plain); reason == "" {
			return
		}
	case p.peek(0).Is("CREATE") && slices.ContainsFunc(p.tokens[:min(4, len(p.tokens))], func(t sqltext.Token) bool { return t.Is("INDEX") }):
		if reason = r.hookIndex(m, origin, &p); reason == "" {
			return
		}
	case p.accept("COMMENT", "ON", "TABLE"):
		if comment, ok := commentOf(&p); ok && m.table.Comment == "" {
			m.table.Comment = comment
			return
		}
	}
	r.note(HookStatement, Warning, origin,
		fmt.Sprintf("a hook around CREATE TABLE runs %q, which is left out: %s", shortened(statement), reason),
		"declare it in a ddl tag or DDL method if Retort has it, or write it into a revision by hand")
}

func commentOf(p *clauseParser) (string, bool) {
	for !p.done() && !p.peek(0).Is("IS") {
		p.pos++
	}
	token := p.peek(1)
	return unquoteSQL(token.Text), token.Kind == sqltext.String
}

func shortened(statement string) string {
	statement = strings.Join(strings.Fields(statement), " ")
	if runes := []rune(statement); len(runes) > 80 {
		return string(runes[:77]) + "..."
	}
	return statement
}

// hookIndex reads CREATE [UNIQUE] INDEX. It returns why the statement is left out, or "".
func (r *reader) hookIndex(m *model, origin schema.Origin, p *clauseParser) string {
	index := &schema.Index{Origin: origin}
	p.accept("CREATE")
	switch {
	case p.accept("UNIQUE"):
		index.Unique = true
	case p.accept("FULLTEXT"):
		index.Method = "fulltext"
	case p.accept("SPATIAL"):
		index.Method = "spatial"
	}
	p.accept("INDEX")
	p.accept("CONCURRENTLY")
	p.accept("IF", "NOT", "EXISTS")
	if !p.peek(0).Is("ON") {
		index.Name = schema.ParseName(p.identifier()).Name
	}
	if !p.accept("ON") {
		return "ON is missing"
	}
	p.accept("ONLY")
	if table := r.qualified(p); table != m.name {
		return fmt.Sprintf("it is on another table, %s", table)
	}
	if p.accept("USING") {
		index.Method = p.identifier()
	}
	if !p.peek(0).Is("(") {
		return "the columns are missing"
	}
	for _, text := range splitList(p.parenthesis()) {
		part, err := indexPart(r.server.Dialect, text, m.hasColumn)
		if err != nil {
			return err.Error()
		}
		index.Parts = append(index.Parts, part)
	}
	if reason := indexTail(p, index); reason != "" {
		return reason
	}
	r.addIndex(m, index)
	return ""
}

// indexTail reads what may follow the columns.
func indexTail(p *clauseParser, index *schema.Index) string {
	for !p.done() {
		switch {
		case p.accept("USING"):
			index.Method = p.identifier()
		case p.accept("INCLUDE"):
			index.Include = identList(p.parenthesis())
		case p.accept("NULLS", "NOT", "DISTINCT"):
			index.NullsNotDistinct = true
		case p.accept("WITH"):
			index.Options.Set(schema.OptionWith, p.parenthesis())
		case p.accept("WHERE"):
			index.Where = withoutParentheses(p.textBetween(p.pos, len(p.tokens)))
			p.pos = len(p.tokens)
		default:
			return fmt.Sprintf("%q is not understood", p.textBetween(p.pos, len(p.tokens)))
		}
	}
	return ""
}

// qualified reads a table's name.
func (r *reader) qualified(p *clauseParser) schema.Name {
	var parts []string
	for {
		name, _ := p.peek(0).Ident()
		parts = append(parts, name)
		p.pos++
		if !p.accept(".") {
			break
		}
	}
	name := schema.Name{Name: parts[len(parts)-1]}
	if len(parts) > 1 {
		name.Schema = parts[len(parts)-2]
	}
	return r.inDefault(name)
}

// hookTable reads a CREATE TABLE that a hook changed: the foreign keys that it added, and partitioning. It returns what
// else was added, or "".
func (r *reader) hookTable(m *model, origin schema.Origin, p *clauseParser, plain string) string {
	p.accept("IF", "NOT", "EXISTS")
	r.qualified(p)
	known := map[string]bool{}
	original := clauseParser{dialect: p.dialect, text: plain, tokens: sqltext.Significant(p.dialect, plain)}
	for !original.done() && !original.peek(0).Is("(") {
		original.pos++
	}
	for _, item := range splitList(original.parenthesis()) {
		known[item] = true
	}
	for _, item := range splitList(p.parenthesis()) {
		if known[item] {
			continue
		}
		if reason := r.hookTableItem(m, origin, item); reason != "" {
			return reason
		}
	}
	if p.accept("PARTITION", "BY") {
		start := p.pos
		for !p.done() && !p.peek(0).Is("TABLESPACE") {
			p.pos++
		}
		m.table.Partition = &schema.Partition{By: p.textBetween(start, p.pos)}
	}
	if p.accept("TABLESPACE") {
		m.table.Options.Set(schema.OptionTablespace, p.identifier())
	}
	if !p.done() {
		return fmt.Sprintf("%q is not understood", p.textBetween(p.pos, len(p.tokens)))
	}
	return ""
}

// hookTableItem reads a constraint that a hook added.
func (r *reader) hookTableItem(m *model, origin schema.Origin, item string) string {
	p := clauseParser{dialect: r.server.Dialect, text: item, tokens: sqltext.Significant(r.server.Dialect, item)}
	name := ""
	if p.accept("CONSTRAINT") {
		name = p.identifier()
	}
	switch {
	case p.accept("FOREIGN", "KEY"):
		if !p.peek(0).Is("(") {
			return fmt.Sprintf("%q is not understood", item)
		}
		columns := p.names()
		if !p.accept("REFERENCES") {
			return fmt.Sprintf("%q is not understood", item)
		}
		if err := p.references(); err != nil || !p.done() {
			return fmt.Sprintf("%q is not understood", item)
		}
		key := p.out.references
		key.Name, key.Columns, key.Origin = name, columns, origin
		key.RefTable = r.inDefault(key.RefTable)
		for _, column := range columns {
			if !m.hasColumn(column) {
				return fmt.Sprintf("there is no column %q", column)
			}
		}
		r.addKey(m, &foreignKey{ForeignKey: key, explicit: true})
		return ""
	case p.accept("CHECK"):
		m.addCheck(&schema.Check{Name: name, Expr: p.parenthesis(), Origin: origin}, "")
		return ""
	}
	return fmt.Sprintf("%q is added to the table", shortened(item))
}
