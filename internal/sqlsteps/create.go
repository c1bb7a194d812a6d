package sqlsteps

import (
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

func (r *reader) create() []op.Operation {
	replace := r.accept("OR", "REPLACE")
	r.definer()
	method := ""
	switch {
	case r.accept("FULLTEXT"):
		method = "fulltext"
	case r.accept("SPATIAL"):
		method = "spatial"
	}
	unique := r.accept("UNIQUE")
	switch {
	case r.accept("INDEX"):
		return one(r.createIndex(unique, method))
	case r.acceptAny("TEMPORARY", "TEMP"), r.accept("GLOBAL", "TEMPORARY"), r.accept("LOCAL", "TEMPORARY"):
		return nil // Nobody else sees it.
	case r.accept("UNLOGGED", "TABLE"), r.accept("TABLE"):
		return r.createTable(replace)
	case r.accept("CONSTRAINT", "TRIGGER"), r.accept("TRIGGER"):
		return one(r.createTrigger(replace))
	}
	return nil
}

// definer skips "DEFINER = user@host", "AGGREGATE" and the like, which MySQL has between CREATE and the kind.
func (r *reader) definer() {
	for r.accept("DEFINER") || r.accept("SQL", "SECURITY") || r.accept("ALGORITHM") {
		r.accept("=")
		r.at++ // the user, or the word
		r.acceptAny("@")
		for !r.ended() && !r.next().Is("TRIGGER") && !r.next().Is("FUNCTION") && !r.next().Is("PROCEDURE") && !r.next().Is("VIEW") && !r.next().Is("EVENT") && !r.next().Is("SQL") {
			r.at++
		}
	}
}

func (r *reader) createTable(replace bool) []op.Operation {
	ifNotExists := r.accept("IF", "NOT", "EXISTS")
	name := r.name()
	if name.Name == "" {
		return nil
	}
	table := &schema.Table{Name: name}
	if r.accept("PARTITION", "OF") {
		table.Partition = &schema.Partition{Of: r.name(), Bound: r.rest()}
	}
	create := &op.CreateTable{Table: table, IfNotExists: ifNotExists}
	if replace {
		return []op.Operation{&op.DropTable{Name: name, IfExists: true}, create}
	}
	return []op.Operation{create}
}

func (r *reader) createTrigger(replace bool) op.Operation {
	r.accept("IF", "NOT", "EXISTS")
	trigger := &schema.Trigger{Trigger: r.name().Name}
	r.skip(func() bool { return r.next().Is("ON") })
	if !r.accept("ON") {
		return nil
	}
	trigger.Table = r.name()
	if trigger.Table.Name == "" {
		return nil
	}
	trigger.Definition = r.source(0, len(r.tokens))
	trigger.Name = schema.Name{Name: trigger.Trigger}
	if r.dialect == schema.Postgres {
		trigger.Name = schema.Name{Schema: trigger.Table.Schema, Name: trigger.Table.Name + "/" + trigger.Trigger}
	}
	return &op.CreateTrigger{Trigger: trigger, Replace: replace}
}

func (r *reader) createIndex(unique bool, method string) op.Operation {
	o := &op.CreateIndex{Index: &schema.Index{Unique: unique, Method: method}}
	o.Concurrently = r.accept("CONCURRENTLY")
	o.IfNotExists = r.accept("IF", "NOT", "EXISTS")
	if !r.next().Is("ON") {
		o.Index.Name = r.name().Name
	}
	if r.accept("USING") { // MySQL also has it here
		o.Index.Method = lower(r.identifier())
	}
	if !r.accept("ON") {
		return nil
	}
	r.accept("ONLY")
	o.Table = r.name()
	if r.accept("USING") {
		o.Index.Method = lower(r.identifier())
	}
	if o.Table.Name == "" || !r.indexParts(o.Index) {
		return nil
	}
	for !r.ended() {
		switch {
		case r.accept("INCLUDE"):
			o.Index.Include = r.columns()
		case r.accept("NULLS", "NOT", "DISTINCT"):
			o.Index.NullsNotDistinct = true
		case r.accept("WHERE"):
			o.Index.Where = r.rest()
		default:
			r.at++
		}
	}
	return o
}

// indexParts takes the key of an index in parentheses.
func (r *reader) indexParts(index *schema.Index) bool {
	inner := r.parentheses()
	if inner == nil {
		return false
	}
	for _, part := range inner.commas() {
		index.Parts = append(index.Parts, part.indexPart())
	}
	return len(index.Parts) > 0
}

func (r *reader) indexPart() schema.IndexPart {
	start := r.at
	name := r.identifier()
	calls := r.next().Is("(") && !(r.dialect == schema.MySQL && name != "") // MySQL: the length of a prefix
	if name == "" || calls {
		r.at = start
		return schema.IndexPart{Expr: r.until(func() bool { return r.next().Is("ASC") || r.next().Is("DESC") })}
	}
	part := schema.IndexPart{Column: name}
	r.parentheses()
	for !r.ended() {
		if r.accept("DESC") {
			part.Desc = true
			continue
		}
		r.at++
	}
	return part
}

// one is a list of an operation, or none if it is nil.
func one(o op.Operation) []op.Operation {
	if o == nil {
		return nil
	}
	return []op.Operation{o}
}
