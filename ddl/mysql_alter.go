package ddl

import (
	"slices"
	"strings"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// mysqlCost is what a change of a table makes the server do, as far as it matters for joining changes.
type mysqlCost int

// The costs. What the server really takes was measured, see the effects in docs/.
const (
	mysqlAlone   mysqlCost = iota // joins nothing
	mysqlEither                   // the data dictionary alone, or a rebuild: joins what rebuilds anyway
	mysqlMeta                     // the data dictionary alone
	mysqlInstant                  // columns added or dropped in place: with an index build it would become a rebuild
	mysqlBuild                    // an index is built
	mysqlRebuild                  // the table is copied or rebuilt
	mysqlAddKey                   // foreign keys, which copy the table and take no other algorithm
	mysqlDropKey
)

// joins reports whether a change may join changes of the other cost, and what they cost together.
func (a mysqlCost) joins(b mysqlCost) (mysqlCost, bool) {
	switch {
	case a == mysqlAlone || b == mysqlAlone:
		return mysqlAlone, false
	case a == mysqlEither || b == mysqlEither:
		return mysqlRebuild, a == mysqlRebuild || b == mysqlRebuild
	case a == b:
		return a, true
	case a >= mysqlAddKey || b >= mysqlAddKey:
		return a, false
	case a == mysqlRebuild || b == mysqlRebuild:
		// The rest is free while the table is rebuilt.
		return mysqlRebuild, true
	case a == mysqlInstant || b == mysqlInstant:
		return a, false
	}
	return max(a, b), true // an index is built, and another one dropped or renamed
}

// mysqlAlter is an ALTER TABLE in the making.
type mysqlAlter struct {
	table      schema.Name
	cost       mysqlCost
	clauses    []string
	touched    []string
	operations []op.Operation
	online     mysqlOnline
}

// alter adds a change of a table. touches names the column or index that it is about ("column:email"): two changes of one
// thing do not share a statement, but for an index that is dropped and made anew.
func (c *mysqlCompiler) alter(operation op.Operation, table schema.Name, cost mysqlCost, touches string, clauses ...string) {
	if c.join(operation, table, cost, touches, clauses) {
		return
	}
	c.flush()
	c.pending = &mysqlAlter{
		table: table, cost: cost, clauses: clauses, touched: []string{touches}, operations: []op.Operation{operation},
		online: c.onlineIfWanted(operation),
	}
}

func (c *mysqlCompiler) join(operation op.Operation, table schema.Name, cost mysqlCost, touches string, clauses []string) bool {
	p := c.pending
	if p == nil || p.table != table || p.online != c.onlineIfWanted(operation) {
		return false
	}
	together, ok := p.cost.joins(cost)
	if c.batch != nil {
		// Foreign keys keep to themselves: a key cannot be dropped and made anew under its name in one statement.
		ok = cost != mysqlAlone && p.cost != mysqlAlone && (cost < mysqlAddKey) == (p.cost < mysqlAddKey) && cost != mysqlDropKey
		together = max(p.cost, cost)
	}
	if drop, drops := operation.(*op.DropColumn); drops && slices.ContainsFunc(p.operations, func(o op.Operation) bool { return standsAfter(o, drop.Name) }) {
		return false // in one statement the column would be gone before another is placed by it
	}
	if !ok || slices.Contains(p.touched, touches) && !replaces(p, touches, clauses) {
		return false
	}
	p.cost = together
	p.clauses = append(p.clauses, clauses...)
	p.touched = append(p.touched, touches)
	p.operations = append(p.operations, operation)
	return true
}

// standsAfter reports whether an operation places a column after the named one.
func standsAfter(operation op.Operation, name string) bool {
	switch o := operation.(type) {
	case *op.AddColumn:
		return strings.EqualFold(o.Position.After, name)
	case *op.AlterColumn:
		return strings.EqualFold(o.Position.After, name)
	}
	return false
}

// replaces reports whether the clauses make an index or check anew that the pending statement drops.
func replaces(p *mysqlAlter, touches string, clauses []string) bool {
	if !strings.HasPrefix(touches, "index:") && !strings.HasPrefix(touches, "check:") {
		return false
	}
	for i, touched := range p.touched {
		if touched == touches && !isDrop(p.operations[i]) {
			return false
		}
	}
	return strings.HasPrefix(clauses[0], "ADD ")
}

func isDrop(operation op.Operation) bool {
	switch operation.(type) {
	case *op.DropIndex, *op.DropConstraint:
		return true
	}
	return false
}

// flush writes the pending ALTER TABLE.
func (c *mysqlCompiler) flush() {
	p := c.pending
	if p == nil {
		return
	}
	c.pending = nil
	if p.online.clause != "" {
		p.clauses = append(p.clauses, p.online.clause)
	}
	text := "ALTER TABLE " + mysqlName(p.table) + " " + p.clauses[0]
	if len(p.clauses) > 1 {
		text = "ALTER TABLE " + mysqlName(p.table) + "\n  " + strings.Join(p.clauses, ",\n  ")
	}
	operation := p.operations[0]
	if len(p.operations) > 1 {
		operation = &op.Batch{Table: p.table, Operations: p.operations}
	}
	statement := Statement{SQL: text, Operation: operation}
	if p.online.obstacle != "" {
		statement.Describe = "not online: " + p.online.obstacle
	}
	c.defineStatement(statement)
}

// foldIntoCreates returns the operations with indexes and constraints moved into the CREATE TABLE of their table, where
// nothing in between needs the table: the server makes them with the table, in one statement that succeeds or fails as
// a whole. A foreign key stays outside if the table that it refers to is created later.
func foldIntoCreates(operations []op.Operation) []op.Operation {
	var out []op.Operation
	open := map[schema.Name]*op.CreateTable{}
	creates := map[schema.Name]int{} // the place of each CREATE TABLE
	for at, operation := range operations {
		if o, ok := operation.(*op.CreateTable); ok {
			creates[o.Table.Name] = at
		}
	}
	born := map[*op.CreateTable]int{}
	for at, operation := range operations {
		switch o := operation.(type) {
		case *op.CreateTable:
			if o.IfNotExists {
				break
			}
			create := &op.CreateTable{Table: o.Table.Clone()}
			open[o.Table.Name], born[create] = create, at
			out = append(out, create)
			continue
		case *op.CreateIndex:
			if create := open[o.Table]; create != nil && !o.IfNotExists {
				create.Table.Indexes = append(create.Table.Indexes, o.Index.Clone())
				continue
			}
		case *op.AddConstraint:
			create := open[o.Table]
			if create == nil || o.UsingIndex != "" || o.PrimaryKey != nil && create.Table.PrimaryKey != nil {
				break
			}
			if key := o.ForeignKey; key != nil {
				parent, later := creates[key.RefTable]
				if later && parent > born[create] && key.RefTable != o.Table {
					break
				}
			}
			if o.Apply(schemaOf(create.Table)) == nil {
				continue
			}
		default:
			clear(open)
		}
		out = append(out, operation)
	}
	return out
}

// schemaOf returns a schema that holds one table, for applying an operation to it.
func schemaOf(table *schema.Table) *schema.Schema {
	s := schema.New(schema.Server{Dialect: schema.MySQL})
	s.Tables.Add(table)
	return s
}
