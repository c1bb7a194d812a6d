package online

import (
	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

func (p *postgres) addConstraint(o *op.AddConstraint) {
	switch {
	case o.UsingIndex != "":
		p.change(o)
	case o.ForeignKey != nil:
		p.addForeignKey(o)
	case o.Check != nil:
		p.addCheck(o)
	case o.Unique != nil, o.PrimaryKey != nil:
		p.addKey(o)
	default:
		p.plain(o)
	}
}

func (p *postgres) addForeignKey(o *op.AddConstraint) {
	key := o.ForeignKey
	switch {
	case key.NotValid || key.NoEnforce:
		p.change(o)
		return
	case key.Name == "" || p.isPartitioned(o.Table) && !p.server.Version.AtLeast(18, 0, 0):
		p.plain(o)
		return
	}
	added := *o
	added.ForeignKey = key.Clone()
	added.ForeignKey.NotValid = true
	p.change(&added)
	p.validateLater(o)
}

func (p *postgres) addCheck(o *op.AddConstraint) {
	check := o.Check
	switch {
	case check.NotValid || check.NoEnforce:
		p.change(o)
		return
	case check.Name == "":
		p.plain(o)
		return
	}
	added := *o
	added.Check = check.Clone()
	added.Check.NotValid = true
	p.change(&added)
	p.validateLater(o)
}

func (p *postgres) validateLater(o *op.AddConstraint) {
	p.emit(&op.ValidateConstraint{Table: o.Table, Type: o.Type(), Name: o.Name()})
	p.note(Note{ID: OnlineCheck, Object: o.Name(), Text: "new rows are checked at once, those that are there by a scan that lets others write"})
}

// addKey builds the index of a primary key or unique constraint first.
func (p *postgres) addKey(o *op.AddConstraint) {
	index := keyIndex(o)
	if index == nil || p.isPartitioned(o.Table) || p.table(o.Table).Index(index.Name) != nil {
		p.plain(o)
		return
	}
	if o.PrimaryKey != nil {
		for _, name := range o.PrimaryKey.Columns {
			if column := p.column(o.Table, name); column != nil && !column.NotNull && !p.hasNotNullCheck(o.Table, name) {
				p.forbidNull(o.Table, name)
			}
		}
	}
	p.emit(&op.CreateIndex{Table: o.Table, Index: index, Concurrently: true})
	added := *o
	added.UsingIndex = index.Name
	p.change(&added)
	if old, replaces := p.aside[constraintKey(o.Table, o.Name())]; replaces {
		p.emit(&op.DropConstraint{Table: o.Table, Type: op.UniqueConstraint, Name: old})
		p.note(Note{ID: OnlineReplace, Object: o.Name(), Text: "the old constraint holds until the new one does"})
		return
	}
	p.note(Note{ID: OnlineKey, Object: index.Name, Text: "its index is built concurrently, in a step of its own, and becomes the constraint"})
}

// keyIndex returns the index that a key consists of, or nil if it cannot be made by itself.
func keyIndex(o *op.AddConstraint) *schema.Index {
	if key := o.PrimaryKey; key != nil {
		name := key.Name
		if name == "" {
			name = ddl.PostgresObjectName(o.Table.Name, "", "pkey")
		}
		if key.Options.Has(schema.OptionWithoutOverlaps) {
			return nil
		}
		return &schema.Index{Name: name, Unique: true, Parts: schema.Columns(key.Columns...), Include: key.Include, Options: key.Options}
	}
	unique := o.Unique
	if unique.Name == "" || unique.Options.Has(schema.OptionWithoutOverlaps) {
		return nil
	}
	return &schema.Index{
		Name: unique.Name, Unique: true, Parts: schema.Columns(unique.Columns...), Include: unique.Include,
		NullsNotDistinct: unique.NullsNotDistinct, Options: unique.Options,
	}
}

func constraintKey(table schema.Name, name string) string { return "constraint " + object(table, name) }

// dropConstraint keeps a unique constraint that the plan makes anew until its successor is there.
func (p *postgres) dropConstraint(o *op.DropConstraint) {
	again := func(operation op.Operation) bool {
		add, ok := operation.(*op.AddConstraint)
		return ok && add.Table == o.Table && add.Unique != nil && add.Unique.Name == o.Name && keyIndex(add) != nil
	}
	if o.Type != op.UniqueConstraint || o.IfExists || p.isPartitioned(o.Table) || !p.replaced(o.Table, again) {
		p.plain(o)
		return
	}
	aside := p.freeName(o.Table, o.Name, "", "old")
	p.aside[constraintKey(o.Table, o.Name)] = aside
	p.emit(&op.RenameConstraint{Table: o.Table, Type: o.Type, From: o.Name, To: aside})
}
