package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// change is one change in words.
type change struct {
	Sign   string // "+", "-", "~", or "*" for data steps
	Table  string // the table, or the object that stands for itself
	What   string // "column phone varchar(32) NULL", for the line after the sign
	Object string // "users.phone"
	Words  string // "new column varchar(32)"
	Origin string // "models.User.Phone"
	Note   string // "likely rename (0.93)"
	only   []string
}

// changes returns the changes of a direction, once for all engines that have them.
func (d *direction) changes(plans []EnginePlan) []change {
	states := map[schema.Dialect]*schema.Schema{}
	renames := map[schema.Dialect][]RenameNote{}
	for _, plan := range plans {
		states[plan.Dialect] = plan.Before.Clone()
		renames[plan.Dialect] = plan.Renames
	}
	var out []change
	for _, step := range d.steps {
		var first []change
		var only []string
		for _, dialect := range d.dialects {
			operation := step.operations[dialect]
			if operation == nil {
				continue
			}
			only = append(only, string(dialect))
			if first == nil {
				first = describeAll(operation, states[dialect], renames[dialect])
			}
			if state := states[dialect]; state != nil {
				_ = operation.Apply(state) // what does not fit costs only the words about old values
			}
		}
		for _, c := range first {
			if len(only) < len(d.dialects) {
				c.only = only
			}
			out = append(out, c)
		}
	}
	return out
}

// describeAll describes an operation, and each operation inside a batch.
func describeAll(operation op.Operation, before *schema.Schema, renames []RenameNote) []change {
	batch, ok := operation.(*op.Batch)
	if !ok {
		return []change{describe(operation, before, renames)}
	}
	state := before.Clone()
	var out []change
	for _, inner := range batch.Operations {
		out = append(out, describe(inner, state, renames))
		if state != nil {
			_ = inner.Apply(state)
		}
	}
	return out
}

// describe says what an operation changes. The schema before it may be nil.
func describe(operation op.Operation, before *schema.Schema, renames []RenameNote) change {
	var out change
	switch o := operation.(type) {
	case *op.CreateTable, *op.DropTable, *op.RenameTable, *op.AlterTable:
		out = describeTable(o)
	case *op.AddColumn, *op.DropColumn, *op.RenameColumn, *op.AlterColumn:
		out = describeColumn(o, before)
	case *op.AddConstraint, *op.DropConstraint, *op.RenameConstraint, *op.ValidateConstraint:
		out = describeConstraint(o)
	case *op.CreateIndex, *op.DropIndex, *op.RenameIndex:
		out = describeIndex(o)
	default:
		out = describeOther(operation)
	}
	if kind, table, from, to := flagOf(operation); kind != "" {
		out.Words += ", or renamed to " + to + "?"
		out.Note = "likely rename to " + to
		for _, note := range renames {
			if note.matches(RenameNote{Kind: kind, Table: table, From: from, To: to}) {
				out.Note = fmt.Sprintf("likely rename to %s (%.2f)", to, note.Score)
			}
		}
	}
	return out
}

func describeTable(operation op.Operation) change {
	switch o := operation.(type) {
	case *op.CreateTable:
		name := o.Table.Name.String()
		words := fmt.Sprintf("new table, %s", count(len(o.Table.Columns), "column"))
		if o.Table.Virtual != "" {
			words = "new virtual table"
		}
		return change{Sign: "+", Table: name, What: "table, " + count(len(o.Table.Columns), "column"), Object: name,
			Words: words, Origin: o.Table.Origin.String()}
	case *op.DropTable:
		name := o.Name.String()
		return change{Sign: "-", Table: name, What: "table", Object: name, Words: "table dropped"}
	case *op.RenameTable:
		return change{Sign: "~", Table: o.From.String(), What: "table -> " + o.To.String(), Object: o.From.String(),
			Words: "table renamed to " + o.To.String()}
	case *op.AlterTable:
		_, what, _ := strings.Cut(o.String(), ": ")
		return change{Sign: "~", Table: o.Name.String(), What: "table " + what, Object: o.Name.String(), Words: what}
	}
	return change{}
}

func count(n int, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return fmt.Sprintf("%d %ss", n, of)
}

func describeColumn(operation op.Operation, before *schema.Schema) change {
	switch o := operation.(type) {
	case *op.AddColumn:
		definition := describeDefinition(o.Column)
		null := " NULL"
		if o.Column.NotNull || o.Column.Generated != nil {
			null = ""
		}
		return change{Sign: "+", Table: o.Table.String(), What: strings.TrimSpace("column "+o.Column.Name+" "+definition) + null,
			Object: o.Table.String() + "." + o.Column.Name, Words: strings.TrimSpace("new column " + definition),
			Origin: o.Column.Origin.String()}
	case *op.DropColumn:
		what := "column " + o.Name
		if column := columnOf(before, o.Table, o.Name); column != nil {
			what = strings.TrimSpace(what + " " + describeDefinition(column))
		}
		return change{Sign: "-", Table: o.Table.String(), What: what, Object: o.Table.String() + "." + o.Name, Words: "column dropped"}
	case *op.RenameColumn:
		return change{Sign: "~", Table: o.Table.String(), What: "column " + o.From + " -> " + o.To,
			Object: o.Table.String() + "." + o.From, Words: "column renamed to " + o.To}
	case *op.AlterColumn:
		words := describeAlteration(o, columnOf(before, o.Table, o.Name))
		return change{Sign: "~", Table: o.Table.String(), What: "column " + o.Name + " " + words,
			Object: o.Table.String() + "." + o.Name, Words: words, Origin: o.To.Origin.String()}
	}
	return change{}
}

func columnOf(s *schema.Schema, table schema.Name, column string) *schema.Column {
	if s == nil || s.Table(table) == nil {
		return nil
	}
	return s.Table(table).Column(column)
}

// describeDefinition returns a column's type and main attributes.
func describeDefinition(column *schema.Column) string {
	words := []string{column.Type}
	if column.NotNull {
		words = append(words, "NOT NULL")
	}
	if column.Default != "" {
		words = append(words, "default "+column.Default)
	}
	if column.Generated != nil {
		words = append(words, "generated as "+column.Generated.Expr)
	}
	if column.Identity != nil {
		words = append(words, "numbered")
	}
	return strings.TrimSpace(strings.Join(words, " "))
}

// describeAlteration returns "type integer -> bigint, NULL -> NOT NULL".
func describeAlteration(o *op.AlterColumn, old *schema.Column) string {
	var parts []string
	for _, attribute := range o.Attributes {
		now := op.DescribeAttribute(&o.To, attribute)
		if old == nil {
			parts = append(parts, now)
			continue
		}
		was := op.DescribeAttribute(old, attribute)
		if what, _, ok := strings.Cut(now, " "); ok && strings.HasPrefix(was, what+" ") {
			now = strings.TrimPrefix(now, what+" ")
		}
		parts = append(parts, was+" -> "+now)
	}
	if o.Position != (op.Position{}) {
		parts = append(parts, "moved")
	}
	return strings.Join(parts, ", ")
}

func describeConstraint(operation op.Operation) change {
	switch o := operation.(type) {
	case *op.AddConstraint:
		words := strings.TrimPrefix(o.String(), "add ")
		if name := o.Name(); name != "" {
			words = strings.Replace(words, " "+name, "", 1)
		}
		return change{Sign: "+", Table: o.Table.String(), What: strings.Replace(strings.TrimPrefix(o.String(), "add "), " on "+o.Table.String(), "", 1),
			Object: firstOf(o.Name(), o.Table.String()), Words: "new " + words, Origin: o.Origin().String()}
	case *op.DropConstraint:
		what := strings.TrimPrefix(o.String(), "drop ")
		return change{Sign: "-", Table: o.Table.String(), What: strings.Replace(what, " on "+o.Table.String(), "", 1),
			Object: firstOf(o.Name, o.Table.String()), Words: fmt.Sprintf("%s on %s dropped", o.Type, o.Table)}
	case *op.RenameConstraint:
		return change{Sign: "~", Table: o.Table.String(), What: fmt.Sprintf("%s %s -> %s", o.Type, o.From, o.To), Object: o.From,
			Words: fmt.Sprintf("%s on %s renamed to %s", o.Type, o.Table, o.To)}
	case *op.ValidateConstraint:
		return change{Sign: "~", Table: o.Table.String(), What: fmt.Sprintf("%s %s validated", o.Type, o.Name), Object: o.Name,
			Words: fmt.Sprintf("%s on %s validated", o.Type, o.Table)}
	}
	return change{}
}

func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

func describeIndex(operation op.Operation) change {
	switch o := operation.(type) {
	case *op.CreateIndex:
		parts := make([]string, len(o.Index.Parts))
		for i, part := range o.Index.Parts {
			parts[i] = part.Column + part.Expr
			if part.Desc {
				parts[i] += " desc"
			}
		}
		kind := "index"
		if o.Index.Unique {
			kind = "unique index"
		}
		where := ""
		if o.Index.Where != "" {
			where = " where " + o.Index.Where
		}
		key := " (" + strings.Join(parts, ", ") + ")" + where
		return change{Sign: "+", Table: o.Table.String(), What: kind + " " + o.Index.Name + key, Object: o.Index.Name,
			Words: "new " + kind + " on " + o.Table.String() + key, Origin: o.Index.Origin.String()}
	case *op.DropIndex:
		return change{Sign: "-", Table: o.Table.String(), What: "index " + o.Name, Object: o.Name,
			Words: "index on " + o.Table.String() + " dropped"}
	case *op.RenameIndex:
		return change{Sign: "~", Table: o.Table.String(), What: "index " + o.From + " -> " + o.To, Object: o.From,
			Words: "index on " + o.Table.String() + " renamed to " + o.To}
	}
	return change{}
}

// describeOther describes operations on other objects by the operation's own words.
func describeOther(operation op.Operation) change {
	subject := operation.Subject().String()
	words := operation.String()
	verb, rest, _ := strings.Cut(words, " ")
	out := change{Sign: "~", Table: subject, Object: subject, What: words, Words: words}
	switch verb {
	case "create":
		out.Sign, out.What, out.Words = "+", withoutName(rest, subject), "new "+withoutName(rest, subject)
	case "drop":
		out.Sign, out.What, out.Words = "-", withoutName(rest, subject), withoutName(rest, subject)+" dropped"
	case "execute", "run", "insert", "backfill", "irreversible:":
		out.Sign = "*"
	}
	if enum, ok := operation.(*op.CreateEnum); ok {
		out.Origin = enum.Enum.Origin.String()
	}
	if out.Object == "" {
		out.Object, out.Table = "data", "data"
	}
	return out
}

// withoutName takes the object's name off the end of a description.
func withoutName(text, name string) string {
	return strings.TrimSpace(strings.TrimSuffix(text, name))
}

// sections orders changes by table for a summary: each table where it first appears, its changes in their order.
func byTable(changes []change) []change {
	first := map[string]int{}
	for i, c := range changes {
		if _, seen := first[c.Table]; !seen {
			first[c.Table] = i
		}
	}
	out := slices.Clone(changes)
	slices.SortStableFunc(out, func(a, b change) int { return first[a.Table] - first[b.Table] })
	return out
}
