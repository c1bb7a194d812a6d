package online

import (
	"slices"
	"strconv"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// postgres gives operations the forms with which PostgreSQL 12 and later takes strong locks for a moment only.
type postgres struct {
	*rewriter
	// filled holds the plan's backfills by column, which have missed the rows that came in meanwhile.
	filled map[string]*op.Backfill
	// aside holds the names under which replaced indexes and constraints wait for their successors.
	aside map[string]string
}

func (p *postgres) operation(operation op.Operation) {
	switch o := operation.(type) {
	case *op.CreateIndex:
		p.createIndex(o)
	case *op.DropIndex:
		p.dropIndex(o)
	case *op.AddConstraint:
		p.addConstraint(o)
	case *op.DropConstraint:
		p.dropConstraint(o)
	case *op.AddColumn:
		p.addColumn(o)
	case *op.AlterColumn:
		p.alterColumn(o)
	case *op.Backfill:
		for _, set := range o.Set {
			if !p.options.Settled {
				p.filled[object(o.Table, set.Column)] = o
			}
		}
		p.emit(o)
	default:
		p.plain(operation)
	}
}

// plain emits an operation as it is, with a note if it blocks for long.
func (p *postgres) plain(operation op.Operation) {
	p.change(operation)
	p.noteBlocking(operation)
}

func (p *postgres) noteBlocking(operation op.Operation) {
	effect := ddl.EffectOf(p.server, p.state, operation)
	if !blocksLong(effect) {
		return
	}
	text := effect.Lock().Mode + " is held while "
	switch {
	case effect.Rewrites:
		text += "the table is rewritten"
	case effect.Builds:
		text += "an index is built"
	default:
		text += "the table is read from end to end"
	}
	if effect.Reason != "" {
		text += ": " + effect.Reason
	}
	p.note(Note{ID: NotOnline, Object: subject(operation), Blocks: true, Text: text, Way: wayAround(operation)})
}

func blocksLong(effect ddl.Effect) bool {
	return effect.Long() && !effect.Blocks().Less(ddl.BlocksWrites)
}

func wayAround(operation op.Operation) string {
	switch o := operation.(type) {
	case *op.AlterColumn:
		if o.Changes(op.TypeAttribute) {
			return "add a column of the new type, fill it with a Backfill while the code writes both, and drop the old one once nothing reads it"
		}
	case *op.AddColumn:
		return "add a plain column and fill it with a Backfill"
	}
	return "run it while the table is not used"
}

func (p *postgres) isPartitioned(name schema.Name) bool {
	table := p.table(name)
	return table != nil && table.Partition != nil && table.Partition.By != ""
}

func (p *postgres) createIndex(o *op.CreateIndex) {
	if p.isPartitioned(o.Table) {
		p.emit(concurrent(o))
		p.note(Note{ID: OnlineIndex, Object: o.Index.Name, Text: "built concurrently on each partition that is there when the revision runs, in steps of their own; then the table takes them over"})
		return
	}
	p.emit(concurrent(o))
	old, replaces := p.aside[indexKey(o.Table, o.Index.Name)]
	if replaces {
		p.emit(&op.DropIndex{Table: o.Table, Name: old, Concurrently: true})
		p.note(Note{ID: OnlineReplace, Object: o.Index.Name, Text: "the old index stays until the new one is built"})
		return
	}
	p.note(Note{ID: OnlineIndex, Object: o.Index.Name, Text: "built concurrently, in a step of its own"})
}

func indexKey(table schema.Name, name string) string { return "index " + object(table, name) }

func (p *postgres) dropIndex(o *op.DropIndex) {
	if p.isPartitioned(o.Table) {
		p.emit(o)
		return
	}
	if p.isReplaced(o) {
		aside := p.freeName(o.Table, o.Name, "", "old")
		p.aside[indexKey(o.Table, o.Name)] = aside
		p.emit(&op.RenameIndex{Table: o.Table, From: o.Name, To: aside})
		return
	}
	out := *o
	out.Concurrently = true
	p.emit(&out)
	p.note(Note{ID: OnlineIndex, Object: o.Name, Text: "dropped concurrently, in a step of its own"})
}

// isReplaced reports whether the plan makes an index of the name anew without changing the columns in between.
func (p *postgres) isReplaced(o *op.DropIndex) bool {
	return p.replaced(o.Table, func(operation op.Operation) bool {
		create, ok := operation.(*op.CreateIndex)
		return ok && create.Table == o.Table && create.Index.Name == o.Name
	})
}

// replaced reports whether a later operation is the wanted one, and none before that changes a column of the table.
func (p *postgres) replaced(table schema.Name, wanted func(op.Operation) bool) bool {
	for _, operation := range p.rest {
		if wanted(operation) {
			return true
		}
		switch operation.(type) {
		case *op.AlterColumn, *op.DropColumn, *op.RenameColumn, *op.DropTable, *op.RenameTable, *op.Batch:
			if operation.Subject() == table {
				return false
			}
		}
	}
	return false
}

func (p *postgres) addColumn(o *op.AddColumn) {
	column := o.Column
	if column.Default == "" || column.Generated != nil || column.Identity != nil || o.IfNotExists ||
		!blocksLong(ddl.EffectOf(p.server, p.state, o)) || blocksLong(ddl.EffectOf(p.server, p.state, withoutDefault(o))) {
		p.plain(o)
		return
	}
	p.change(fillDefault(o)...)
	p.noteFilledDefault(o)
	if column.NotNull {
		p.forbidNull(o.Table, column.Name)
	}
}

func (p *postgres) alterColumn(o *op.AlterColumn) {
	old := p.column(o.Table, o.Name)
	if old == nil || old.NotNull || !o.Changes(op.NotNullAttribute) || !o.To.NotNull {
		p.plain(o)
		return
	}
	if p.hasNotNullCheck(o.Table, o.Name) {
		p.change(o) // the server takes the check's word for it
		return
	}
	if len(o.Attributes) > 1 {
		rest := *o
		rest.Attributes = slices.DeleteFunc(slices.Clone(o.Attributes), func(a op.Attribute) bool { return a == op.NotNullAttribute })
		rest.To.NotNull = false
		p.plain(&rest)
	}
	p.forbidNull(o.Table, o.Name)
}

// forbidNull makes a column NOT NULL with the help of a check, which is validated while others write. The server takes its
// word and does not read the table again, under the lock that it takes then.
func (p *postgres) forbidNull(table schema.Name, column string) {
	name := p.freeName(table, table.Name, column, "is_not_null")
	p.emit(&op.AddConstraint{Table: table, Check: &schema.Check{
		Name: name, Expr: ddl.Quote(schema.Postgres, column) + " IS NOT NULL", NotValid: true,
	}})
	if fill := p.filled[object(table, column)]; fill != nil {
		// From here on nobody writes NULL, but rows may have come in while the others were filled.
		p.emit(fill)
	}
	p.emit(&op.ValidateConstraint{Table: table, Type: op.CheckConstraint, Name: name})
	p.change(forbidNull(table, column))
	p.emit(&op.DropConstraint{Table: table, Type: op.CheckConstraint, Name: name})
	text := "a check forbids NULL and is validated while others write; then the column is NOT NULL without another scan"
	if p.filled[object(table, column)] != nil {
		text += ". Rows that came in without a value before the check are filled once more"
	}
	p.note(Note{ID: OnlineNotNull, Object: object(table, column), Text: text})
}

// hasNotNullCheck reports whether a valid check of the table says that the column is not null.
func (p *postgres) hasNotNullCheck(name schema.Name, column string) bool {
	table := p.table(name)
	return table != nil && slices.ContainsFunc(table.Checks, func(check *schema.Check) bool {
		return !check.NotValid && !check.NoEnforce && saysNotNull(check.Expr, column)
	})
}

func saysNotNull(expr, column string) bool {
	tokens := slices.DeleteFunc(sqltext.Significant(schema.Postgres, expr), func(token sqltext.Token) bool {
		return token.Text == "(" || token.Text == ")"
	})
	return len(tokens) == 4 && sqltext.Mentions(schema.Postgres, tokens[0].Text, column) &&
		tokens[1].Is("is") && tokens[2].Is("not") && tokens[3].Is("null")
}

// freeName returns a name that no constraint or index of the table has.
func (p *postgres) freeName(name schema.Name, table, column, label string) string {
	taken := map[string]bool{}
	if found := p.table(name); found != nil {
		for _, check := range found.Checks {
			taken[check.Name] = true
		}
		for _, index := range found.Indexes {
			taken[index.Name] = true
		}
		for _, unique := range found.Uniques {
			taken[unique.Name] = true
		}
		for _, key := range found.ForeignKeys {
			taken[key.Name] = true
		}
	}
	for n := 1; ; n++ {
		wanted := label
		if n > 1 {
			wanted += strconv.Itoa(n)
		}
		if free := ddl.PostgresObjectName(table, column, wanted); !taken[free] {
			return free
		}
	}
}
