package lint

import (
	"slices"
	"strings"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/internal/sqlsteps"
	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// statement is one statement of a step in SQL, as tokens without spaces and comments.
type statement []sqltext.Token

// statements splits the SQL of a step at its semicolons.
func (r *run) statements(o *op.Exec) []statement {
	read := r.read(o)
	out := make([]statement, len(read))
	for i, one := range read {
		out[i] = one.Tokens
	}
	return out
}

// read reads the SQL of a step, once.
func (r *run) read(o *op.Exec) []sqlsteps.Statement {
	read, known := r.sql[o]
	if !known {
		read = sqlsteps.Read(r.Server.Dialect, o.SQL)
		r.sql[o] = read
	}
	return read
}

// stepsInSQL applies the rules to what the statements of a step in SQL do, as far as that can be read. The schema is put back
// afterwards: what the step does to it is for the step to say.
func (r *run) stepsInSQL(o *op.Exec) {
	declared := r.state
	defer func() { r.state = declared }()
	r.state = r.state.Clone()
	for _, one := range r.read(o) {
		for _, operation := range one.Operations {
			operation = r.resolved(operation)
			if operation == nil {
				continue
			}
			r.effect = ddl.EffectOf(r.Server, r.state, operation)
			_, validates := operation.(*op.ValidateConstraint) // the runner gives only the operation a transaction of its own
			r.effect.Transactional = (r.effect.Transactional || validates) && !o.OutsideTransaction
			r.inSQL = one.Tokens
			r.apply(func(rule *rule) {
				if rule.step != nil {
					rule.step(r, operation)
				}
			})
			r.inSQL = nil
			r.remember(operation)
			// What does not fit the schema is the business of whoever runs it.
			_ = operation.Apply(r.state)
		}
	}
}

// resolved completes what a statement leaves open by what the schema says, or returns nil if there is nothing in it to look
// at. Tables and columns that the schema does not have are put there: they come from other steps in SQL, or from elsewhere,
// and are there before the revision.
func (r *run) resolved(operation op.Operation) op.Operation {
	switch o := operation.(type) {
	case *op.DropIndex:
		if o.Table.Name == "" {
			o.Table = r.tableOfIndex(o.Name)
		}
	case *op.RenameIndex:
		if o.Table.Name == "" {
			o.Table = r.tableOfIndex(o.From)
		}
	case *op.DropConstraint:
		if table := r.state.Table(r.bare(o.Table)); table != nil && o.Type == "" {
			o.Type = typeOfConstraint(table, o.Name)
		}
	case *op.ValidateConstraint:
		if table := r.state.Table(r.bare(o.Table)); table != nil {
			o.Type = typeOfConstraint(table, o.Name)
		}
	}
	r.bareNames(operation)
	r.supply(operation)
	if o, ok := operation.(*op.AlterColumn); ok && !r.changesSomething(o) {
		return nil
	}
	return operation
}

// changesSomething takes the attributes out of an operation that have their value already: MODIFY states all.
func (r *run) changesSomething(o *op.AlterColumn) bool {
	table := r.state.Table(o.Table)
	if table == nil || table.Column(o.Name) == nil {
		return true
	}
	column := table.Column(o.Name)
	o.Attributes = slices.DeleteFunc(o.Attributes, func(attribute op.Attribute) bool {
		switch attribute {
		case op.TypeAttribute:
			return ddl.EqualTypes(r.Server, column.Type, o.To.Type) == ddl.Equal
		case op.NotNullAttribute:
			return column.NotNull == o.To.NotNull
		case op.DefaultAttribute:
			return column.Default == o.To.Default
		}
		return false
	})
	return len(o.Attributes) > 0 || o.Position != (op.Position{})
}

// tableOfIndex is the table that has an index of the name, or the zero name.
func (r *run) tableOfIndex(name string) schema.Name {
	for table := range r.state.Tables.All() {
		if table.Index(name) != nil {
			return table.Name
		}
	}
	return schema.Name{}
}

func typeOfConstraint(table *schema.Table, name string) op.ConstraintType {
	switch {
	case table.PrimaryKey != nil && table.PrimaryKey.Name == name:
		return op.PrimaryKeyConstraint
	case table.Unique(name) != nil:
		return op.UniqueConstraint
	case table.ForeignKey(name) != nil:
		return op.ForeignKeyConstraint
	case table.Exclusion(name) != nil:
		return op.ExclusionConstraint
	}
	return op.CheckConstraint
}

// bare is the name without "public", if that is what the schema calls the table.
func (r *run) bare(name schema.Name) schema.Name {
	short := schema.Name{Name: name.Name}
	if name.Schema == "public" && r.state.Table(name) == nil {
		return short
	}
	return name
}

// bareNames calls the tables of an operation as the schema does.
func (r *run) bareNames(operation op.Operation) {
	fix := func(names ...*schema.Name) {
		for _, name := range names {
			*name = r.bare(*name)
		}
	}
	switch o := operation.(type) {
	case *op.CreateTable:
		fix(&o.Table.Name)
		if o.Table.Partition != nil {
			fix(&o.Table.Partition.Of)
		}
	case *op.DropTable:
		fix(&o.Name)
	case *op.RenameTable:
		fix(&o.From, &o.To)
	case *op.AlterTable:
		fix(&o.Name)
	case *op.AddColumn:
		fix(&o.Table)
	case *op.DropColumn:
		fix(&o.Table)
	case *op.RenameColumn:
		fix(&o.Table)
	case *op.AlterColumn:
		fix(&o.Table)
	case *op.AddConstraint:
		fix(&o.Table)
		if o.ForeignKey != nil {
			fix(&o.ForeignKey.RefTable)
		}
	case *op.DropConstraint:
		fix(&o.Table)
	case *op.ValidateConstraint:
		fix(&o.Table)
	case *op.CreateIndex:
		fix(&o.Table)
	case *op.DropIndex:
		fix(&o.Table)
	case *op.CreateTrigger:
		fix(&o.Trigger.Table)
	}
}

// supply puts the table and columns that an operation needs into the schema, where they are missing.
func (r *run) supply(operation op.Operation) {
	name := operation.Subject()
	var columns []string
	switch o := operation.(type) {
	case *op.DropTable, *op.RenameTable, *op.AlterTable, *op.AddColumn, *op.CreateTrigger:
	case *op.DropColumn:
		columns = []string{o.Name}
	case *op.RenameColumn:
		columns = []string{o.From}
	case *op.AlterColumn:
		columns = []string{o.Name}
	case *op.CreateIndex:
		columns = o.Index.Columns()
	case *op.AddConstraint:
		switch {
		case o.PrimaryKey != nil:
			columns = o.PrimaryKey.Columns
		case o.Unique != nil:
			columns = o.Unique.Columns
		case o.ForeignKey != nil:
			columns = o.ForeignKey.Columns
		}
	default:
		return
	}
	table := r.state.Table(name)
	if table == nil && name.Name != "" {
		table = &schema.Table{Name: name}
		r.state.Tables.Add(table)
	}
	for _, column := range columns {
		if table != nil && table.Column(column) == nil {
			table.Columns = append(table.Columns, &schema.Column{Name: column})
		}
	}
}

// is reports whether the statement begins with the words.
func (s statement) is(words string) bool {
	for i, word := range strings.Fields(words) {
		if i >= len(s) || !s[i].Is(word) {
			return false
		}
	}
	return true
}

// has reports whether the word stands anywhere in the statement.
func (s statement) has(word string) bool {
	for _, token := range s {
		if token.Is(word) {
			return true
		}
	}
	return false
}

// names reports whether an identifier stands anywhere in the statement.
func (s statement) names(identifier string) bool {
	for _, token := range s {
		if name, ok := token.Ident(); ok && strings.EqualFold(name, identifier) {
			return true
		}
	}
	return false
}

// short returns the beginning of the statement.
func (s statement) short() string {
	var out strings.Builder
	for i, token := range s {
		if i > 0 && token.Text != "." && token.Text != "," && token.Text != ")" && s[i-1].Text != "." && s[i-1].Text != "(" {
			out.WriteByte(' ')
		}
		out.WriteString(token.Text)
		if runes := []rune(out.String()); len(runes) > 60 {
			return string(runes[:60]) + "…"
		}
	}
	return out.String()
}

// changesRows reports whether the statement inserts, updates or deletes.
func (s statement) changesRows() bool {
	return s.is("INSERT") || s.is("UPDATE") || s.is("DELETE") || s.is("MERGE") || s.is("REPLACE") || s.is("WITH") && (s.has("INSERT") || s.has("UPDATE") || s.has("DELETE"))
}

// hasAll reports whether the words stand in the statement one behind the other.
func (s statement) hasAll(words ...string) bool {
	phrase := strings.Join(words, " ")
	for i := range s {
		if s[i:].is(phrase) {
			return true
		}
	}
	return false
}

// top reports whether the word stands in the statement outside of parentheses.
func (s statement) top(word string) bool { return s.topAt(word) >= 0 }

// topAt is the place of the word outside of parentheses, or -1.
func (s statement) topAt(word string) int {
	depth := 0
	for i, token := range s {
		switch {
		case token.Is("("):
			depth++
		case token.Is(")"):
			depth--
		case depth == 0 && token.Is(word):
			return i
		}
	}
	return -1
}

// everyRow reports whether the UPDATE or DELETE has no condition, or one that always holds.
func (s statement) everyRow() bool {
	at := s.topAt("WHERE")
	if at < 0 {
		return !s.top("LIMIT")
	}
	condition := s[at+1:]
	switch len(condition) {
	case 1:
		return condition[0].Is("true") || condition[0].Text == "1"
	case 3:
		return condition[1].Text == "=" && condition[0].Text == condition[2].Text
	}
	return false
}

// parts yields the statement, and the statements that stand in its parentheses or behind its WITH.
func (s statement) parts(yield func(statement) bool) {
	starts := func(at int) bool {
		return s[at].Is("UPDATE") || s[at].Is("DELETE") || s[at].Is("INSERT") || s[at].Is("MERGE")
	}
	if !yield(s) {
		return
	}
	depth := 0
	var open []int
	for i, token := range s {
		switch {
		case token.Is("("):
			depth++
			open = append(open, -1)
			if i+1 < len(s) && starts(i+1) {
				open[len(open)-1] = i + 1
			}
		case token.Is(")") && depth > 0:
			depth--
			from := open[depth]
			open = open[:depth]
			if from >= 0 && !yield(s[from:i]) {
				return
			}
		case depth == 0 && i > 0 && s.is("WITH") && starts(i):
			yield(s[i:])
			return
		}
	}
}

// tokens splits a text that is no step, such as a definition.
func (r *run) tokens(text string) statement { return sqltext.Significant(r.Server.Dialect, text) }

// onStatement returns a step that looks at each statement of steps in SQL.
func onStatement(look func(r *run, o *op.Exec, s statement)) func(*run, op.Operation) {
	return on(func(r *run, o *op.Exec) {
		for _, s := range r.statements(o) {
			for part := range s.parts {
				look(r, o, part)
			}
		}
	})
}

// makes reports whether the revision makes the table, in a step before or in the one at hand.
func (r *run) makes(table schema.Name) bool { return r.created[table] || r.createsLater(table) }

// objectOf is the table as findings name it; "" if it is not known.
func objectOf(table schema.Name) string {
	if table.Name == "" {
		return ""
	}
	return table.String()
}
