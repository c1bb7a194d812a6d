package online

import (
	"slices"
	"strings"

	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// placeAlteration puts what code before copes with into the first part: NULL is allowed, a default comes, a type holds
// more. The rest waits.
func (s *splitter) placeAlteration(o *op.AlterColumn) {
	var first, second []op.Attribute
	old := &schema.Column{}
	if table := s.before.Table(o.Table); table != nil && table.Column(o.Name) != nil {
		old = table.Column(o.Name)
	}
	retyped := o.Changes(op.TypeAttribute) && (s.rebuilds() || !widens(old.Type, o.To.Type))
	for _, attribute := range o.Attributes {
		relaxes := false
		switch attribute {
		case op.NotNullAttribute:
			relaxes = !o.To.NotNull
		case op.TypeAttribute:
			relaxes = !retyped
		case op.DefaultAttribute:
			relaxes = o.To.Default != "" && !retyped
		case op.IdentityAttribute:
			relaxes = o.To.Identity != nil && !retyped
		case op.GeneratedAttribute, op.CollationAttribute, op.CharsetAttribute:
		default:
			relaxes = true
		}
		if relaxes {
			first = append(first, attribute)
		} else {
			second = append(second, attribute)
		}
	}
	if retyped {
		s.note(PhasesType, object(o.Table, o.Name), "the type changes from "+old.Type+" to "+o.To.Type+" after the deployment; the code before and after has to cope with both",
			"where it cannot, add a column of the new type instead")
	}
	if len(first) > 0 || len(o.Attributes) == 0 {
		part := *o
		part.Attributes = first
		if retyped {
			part.Using = ""
		}
		s.expand(&part)
	}
	if len(second) > 0 {
		part := *o
		part.Attributes, part.Position = second, op.Position{}
		if !slices.Contains(second, op.TypeAttribute) {
			part.Using = ""
		}
		s.contract(&part)
	}
}

// widens reports whether every value of a type is one of another, which code reads and writes alike.
func widens(from, to string) bool {
	fromName, fromArgs := typeParts(from)
	toName, toArgs := typeParts(to)
	integers := []string{"smallint", "integer", "bigint"}
	a, b := slices.Index(integers, fromName), slices.Index(integers, toName)
	switch {
	case a >= 0 && b >= 0:
		return b >= a
	case fromName == "varchar" && toName == "text":
		return true
	case fromName != toName:
		return false
	case fromName == "varchar":
		return len(toArgs) == 0 || len(fromArgs) == 1 && toArgs[0] >= fromArgs[0]
	case fromName == "numeric" && len(fromArgs) == 2 && len(toArgs) == 2:
		return toArgs[1] >= fromArgs[1] && toArgs[0]-toArgs[1] >= fromArgs[0]-fromArgs[1]
	}
	return false
}

// typeParts returns a type's name in its usual spelling, and its numbers.
func typeParts(text string) (name string, args []int) {
	for _, token := range sqltext.Significant(schema.Postgres, text) {
		switch {
		case token.Kind == sqltext.Word:
			if name != "" {
				name += " "
			}
			name += strings.ToLower(token.Text)
		case token.Kind == sqltext.Number:
			n := 0
			for _, digit := range token.Text {
				n = n*10 + int(digit-'0')
			}
			args = append(args, n)
		case token.Text != "(" && token.Text != ")" && token.Text != ",":
			return text, nil
		}
	}
	aliases := map[string]string{
		"int2": "smallint", "int": "integer", "int4": "integer", "int8": "bigint", "character varying": "varchar", "decimal": "numeric",
	}
	if usual, ok := aliases[name]; ok {
		name = usual
	}
	return name, args
}

// allDropped reports whether the plan drops all of the columns, or their table.
func (s *splitter) allDropped(table schema.Name, columns []string) bool {
	return s.gone[table] || len(columns) > 0 && !slices.ContainsFunc(columns, func(name string) bool { return !s.dropped[object(table, name)] })
}

// allAdded reports whether the plan adds all of the columns.
func (s *splitter) allAdded(table schema.Name, columns []string) bool {
	return len(columns) > 0 && !slices.ContainsFunc(columns, func(name string) bool {
		return !s.added[object(table, name)] || s.remade(table, name)
	})
}

// remade reports whether the plan drops a column and adds it anew, as it does with generated ones. What is made of it waits
// for it.
func (s *splitter) remade(table schema.Name, column string) bool {
	return s.added[object(table, column)] && s.dropped[object(table, column)]
}

// mentioned returns the columns of a table that an expression uses, as the table is before or after the first part.
func (s *splitter) mentioned(name schema.Name, expr string) []string {
	var out []string
	for _, state := range []*schema.Schema{s.before, s.expanded} {
		table := state.Table(name)
		if table == nil {
			continue
		}
		for _, column := range table.Columns {
			if !slices.Contains(out, column.Name) && sqltext.Mentions(state.Server.Dialect, expr, column.Name) {
				out = append(out, column.Name)
			}
		}
	}
	return out
}

func (s *splitter) columnsOf(o *op.AddConstraint) []string {
	switch {
	case o.PrimaryKey != nil:
		return o.PrimaryKey.Columns
	case o.Unique != nil:
		return o.Unique.Columns
	case o.ForeignKey != nil:
		return o.ForeignKey.Columns
	case o.Check != nil:
		return s.mentioned(o.Table, o.Check.Expr)
	}
	return nil
}

// placeConstraint lets rules about new columns alone come first: the code before does not write those.
func (s *splitter) placeConstraint(o *op.AddConstraint) {
	if o.PrimaryKey == nil && !s.freed[nameKey(o.Table, o.Name())] && s.allAdded(o.Table, s.columnsOf(o)) || s.freed["again "+nameKey(o.Table, o.Name())] {
		s.expand(o)
		return
	}
	s.contract(o)
}

func nameKey(table schema.Name, name string) string { return object(table, name) }

// placeConstraintDrop drops first what the new code may break. A foreign key that only changes its actions is made anew at
// once; what belongs to columns that go, goes with them.
func (s *splitter) placeConstraintDrop(o *op.DropConstraint) {
	table := s.before.Table(o.Table)
	var found *op.AddConstraint
	if table != nil {
		found = o.Find(table)
	}
	if found == nil || o.Type == op.PrimaryKeyConstraint || s.allDropped(o.Table, s.columnsOf(found)) || found.ForeignKey != nil && s.gone[found.ForeignKey.RefTable] {
		s.freed[nameKey(o.Table, o.Name)] = true
		s.contract(o)
		return
	}
	if found.ForeignKey != nil {
		s.freed["again "+nameKey(o.Table, o.Name)] = true
	}
	s.expand(o)
}

func indexColumns(index *schema.Index) []string {
	var out []string
	for _, part := range index.Parts {
		if part.Column == "" {
			return nil
		}
		out = append(out, part.Column)
	}
	return out
}

// placeIndex lets indexes come first, but for unique ones on columns that the code before writes.
func (s *splitter) placeIndex(o *op.CreateIndex) {
	remade := slices.ContainsFunc(o.Index.Parts, func(part schema.IndexPart) bool {
		return slices.ContainsFunc(append(s.mentioned(o.Table, part.Expr), part.Column), func(name string) bool { return s.remade(o.Table, name) })
	}) || slices.ContainsFunc(s.mentioned(o.Table, o.Index.Where), func(name string) bool { return s.remade(o.Table, name) })
	if remade || s.freed[nameKey(o.Table, o.Index.Name)] || o.Index.Unique && !s.allAdded(o.Table, indexColumns(o.Index)) {
		s.contract(o)
		return
	}
	s.expand(o)
}

// placeIndexDrop keeps an index for the code before, unless it is unique and in the way of the code after.
func (s *splitter) placeIndexDrop(o *op.DropIndex) {
	if table := s.before.Table(o.Table); table != nil {
		if index := table.Index(o.Name); index != nil && index.Unique && !s.allDropped(o.Table, indexColumns(index)) {
			s.expand(o)
			return
		}
	}
	s.freed[nameKey(o.Table, o.Name)] = true
	s.contract(o)
}
