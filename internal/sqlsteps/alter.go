package sqlsteps

import (
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// alterTable takes an ALTER TABLE after these words. What it does not know of its actions it leaves out.
func (r *reader) alterTable() []op.Operation {
	r.accept("IF", "EXISTS")
	r.accept("ONLY")
	table := r.name()
	if table.Name == "" {
		return nil
	}
	r.accept("*")
	var out []op.Operation
	for _, action := range r.commas() {
		out = append(out, action.action(table)...)
	}
	return out
}

func (r *reader) action(table schema.Name) []op.Operation {
	switch {
	case r.accept("ADD"):
		return r.add(table)
	case r.accept("DROP"):
		return one(r.dropPart(table))
	case r.accept("ALTER"):
		return one(r.alterColumn(table))
	case r.accept("MODIFY"):
		return r.modify(table, false)
	case r.accept("CHANGE"):
		return r.modify(table, true)
	case r.accept("RENAME"):
		return one(r.rename(table))
	case r.accept("VALIDATE", "CONSTRAINT"):
		return []op.Operation{&op.ValidateConstraint{Table: table, Name: r.identifier()}}
	case r.accept("SET", "SCHEMA"):
		return []op.Operation{&op.RenameTable{From: table, To: schema.Name{Schema: r.identifier(), Name: table.Name}}}
	case r.accept("SET", "UNLOGGED"):
		return []op.Operation{&op.AlterTable{Name: table, Set: schema.Options{{Key: schema.OptionUnlogged}}}}
	case r.accept("SET", "LOGGED"):
		return []op.Operation{&op.AlterTable{Name: table, Unset: []string{schema.OptionUnlogged}}}
	case r.accept("SET", "TABLESPACE"):
		return []op.Operation{&op.AlterTable{Name: table, Set: schema.Options{{Key: schema.OptionTablespace, Value: r.identifier()}}}}
	case r.accept("ENGINE"):
		r.accept("=")
		return []op.Operation{&op.AlterTable{Name: table, Set: schema.Options{{Key: schema.OptionEngine, Value: r.identifier()}}}}
	case r.accept("ENABLE", "ROW", "LEVEL"), r.accept("DISABLE", "ROW", "LEVEL"), r.accept("FORCE", "ROW", "LEVEL"), r.accept("NO", "FORCE", "ROW", "LEVEL"):
		return []op.Operation{&op.AlterTable{Name: table, Set: schema.Options{{Key: schema.OptionRowSecurity, Value: r.source(0, 1)}}}}
	case r.accept("REPLICA", "IDENTITY"):
		return []op.Operation{&op.AlterTable{Name: table, Set: schema.Options{{Key: schema.OptionReplicaIdentity, Value: r.rest()}}}}
	}
	return nil
}

// add takes what comes after ADD: a column, a constraint or an index.
func (r *reader) add(table schema.Name) []op.Operation {
	name := ""
	if r.accept("CONSTRAINT") {
		r.accept("IF", "NOT", "EXISTS")
		if !r.startsConstraint() {
			name = r.identifier()
		}
	}
	switch {
	case r.startsConstraint():
		return one(r.constraint(table, name))
	case r.startsIndex():
		return one(r.addIndex(table))
	case r.accept("PARTITION"):
		return nil
	}
	r.accept("COLUMN")
	ifNotExists := r.accept("IF", "NOT", "EXISTS")
	if r.next().Is("(") { // MySQL: several columns
		var out []op.Operation
		for _, part := range r.parentheses().commas() {
			out = append(out, part.addColumn(table, ifNotExists)...)
		}
		return out
	}
	return r.addColumn(table, ifNotExists)
}

func (r *reader) addColumn(table schema.Name, ifNotExists bool) []op.Operation {
	o := &op.AddColumn{Table: table, IfNotExists: ifNotExists}
	name := r.identifier()
	if name == "" {
		return nil
	}
	definition := r.definition(table, name)
	o.Column, o.Position = definition.column, definition.position
	return append([]op.Operation{o}, definition.constraints...)
}

func (r *reader) startsConstraint() bool {
	return r.next().Is("PRIMARY") || r.next().Is("FOREIGN") || r.next().Is("CHECK") || r.next().Is("EXCLUDE") || r.next().Is("UNIQUE")
}

func (r *reader) startsIndex() bool {
	return r.next().Is("INDEX") || r.next().Is("KEY") || r.next().Is("FULLTEXT") || r.next().Is("SPATIAL")
}

// addIndex takes MySQL's ADD INDEX.
func (r *reader) addIndex(table schema.Name) op.Operation {
	o := &op.CreateIndex{Table: table, Index: &schema.Index{}}
	if r.next().Is("FULLTEXT") || r.next().Is("SPATIAL") {
		o.Index.Method = lower(r.identifier())
	}
	r.acceptAny("INDEX", "KEY")
	o.IfNotExists = r.accept("IF", "NOT", "EXISTS")
	if !r.next().Is("(") && !r.next().Is("USING") {
		o.Index.Name = r.identifier()
	}
	if r.accept("USING") {
		r.identifier()
	}
	if !r.indexParts(o.Index) {
		return nil
	}
	return o
}

// constraint takes a constraint of a table, from its kind on.
func (r *reader) constraint(table schema.Name, name string) op.Operation {
	o := &op.AddConstraint{Table: table}
	switch {
	case r.accept("PRIMARY", "KEY"):
		o.PrimaryKey = &schema.PrimaryKey{Name: name}
		if r.accept("USING", "INDEX") {
			o.UsingIndex = r.identifier()
			break
		}
		o.PrimaryKey.Columns = r.columns()
	case r.accept("UNIQUE"):
		o.Unique = &schema.Unique{Name: name}
		if r.accept("USING", "INDEX") {
			o.UsingIndex = r.identifier()
			break
		}
		r.acceptAny("INDEX", "KEY")
		r.accept("NULLS", "NOT", "DISTINCT")
		if !r.next().Is("(") {
			o.Unique.Name = r.identifier()
		}
		o.Unique.Columns = r.columns()
	case r.accept("CHECK"):
		o.Check = &schema.Check{Name: name}
		if inner := r.parentheses(); inner != nil {
			o.Check.Expr = inner.rest()
		}
		o.Check.NoEnforce = r.mentions("NOT", "ENFORCED")
		o.Check.NotValid = r.mentions("NOT", "VALID")
	case r.accept("EXCLUDE"):
		o.Exclusion = &schema.Exclusion{Name: name}
	case r.accept("FOREIGN", "KEY"):
		r.accept("IF", "NOT", "EXISTS")
		if !r.next().Is("(") {
			r.identifier() // MySQL: the name of its index
		}
		o.ForeignKey = r.reference(r.columns())
		if o.ForeignKey == nil {
			return nil
		}
		o.ForeignKey.Name = name
	}
	return o
}

// reference takes REFERENCES and what belongs to it.
func (r *reader) reference(columns []string) *schema.ForeignKey {
	if !r.accept("REFERENCES") || len(columns) == 0 {
		return nil
	}
	key := &schema.ForeignKey{Columns: columns, RefTable: r.name(), RefColumns: r.columns()}
	for !r.ended() {
		switch {
		case r.accept("ON", "DELETE", "CASCADE"):
			key.OnDelete = schema.Cascade
		case r.accept("ON", "DELETE"), r.accept("ON", "UPDATE"):
			if !r.accept("SET", "NULL") && !r.accept("SET", "DEFAULT") && !r.accept("NO", "ACTION") {
				r.at++
			}
		case r.accept("NOT", "VALID"):
			key.NotValid = true
		case r.accept("NOT", "ENFORCED"):
			key.NoEnforce = true
		case r.columnWord():
			return key
		default:
			r.at++
		}
	}
	return key
}

// mentions reports whether the words stand in the rest.
func (r *reader) mentions(words ...string) bool {
	rest := *r
	for ; !rest.ended(); rest.at++ {
		if rest.accept(words...) {
			return true
		}
	}
	return false
}

func (r *reader) dropPart(table schema.Name) op.Operation {
	switch {
	case r.accept("CONSTRAINT"):
		ifExists := r.accept("IF", "EXISTS")
		return &op.DropConstraint{Table: table, Name: r.identifier(), IfExists: ifExists}
	case r.accept("PRIMARY", "KEY"):
		return &op.DropConstraint{Table: table, Type: op.PrimaryKeyConstraint}
	case r.accept("FOREIGN", "KEY"):
		ifExists := r.accept("IF", "EXISTS")
		return &op.DropConstraint{Table: table, Type: op.ForeignKeyConstraint, Name: r.identifier(), IfExists: ifExists}
	case r.accept("CHECK"):
		return &op.DropConstraint{Table: table, Type: op.CheckConstraint, Name: r.identifier()}
	case r.acceptAny("INDEX", "KEY"):
		ifExists := r.accept("IF", "EXISTS")
		return &op.DropIndex{Table: table, Name: r.identifier(), IfExists: ifExists}
	case r.accept("PARTITION"):
		return nil
	}
	r.accept("COLUMN")
	ifExists := r.accept("IF", "EXISTS")
	if name := r.identifier(); name != "" {
		return &op.DropColumn{Table: table, Name: name, IfExists: ifExists}
	}
	return nil
}

func (r *reader) rename(table schema.Name) op.Operation {
	switch {
	case r.accept("CONSTRAINT"):
		return nil
	case r.acceptAny("INDEX", "KEY"):
		from := r.identifier()
		r.accept("TO")
		return &op.RenameIndex{Table: table, From: from, To: r.identifier()}
	case r.acceptAny("TO", "AS"):
		to := r.name()
		if to.Schema == "" {
			to.Schema = table.Schema
		}
		return &op.RenameTable{From: table, To: to}
	}
	r.accept("COLUMN")
	from := r.identifier()
	if r.accept("TO") {
		return &op.RenameColumn{Table: table, From: from, To: r.identifier()}
	}
	if r.dialect == schema.MySQL && from != "" { // RENAME name
		return &op.RenameTable{From: table, To: schema.Name{Schema: table.Schema, Name: from}}
	}
	return nil
}
