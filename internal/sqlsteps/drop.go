package sqlsteps

import (
	"strings"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

func (r *reader) drop() []op.Operation {
	switch {
	case r.acceptAny("TEMPORARY", "TEMP"):
		return nil
	case r.acceptAny("TABLE", "TABLES"):
		return r.dropped(func(name schema.Name, ifExists bool) op.Operation {
			return &op.DropTable{Name: name, IfExists: ifExists}
		})
	case r.accept("INDEX"):
		return r.dropIndex()
	case r.accept("VIEW"):
		return r.dropped(func(name schema.Name, ifExists bool) op.Operation {
			return &op.DropView{Name: name, IfExists: ifExists}
		})
	case r.accept("MATERIALIZED", "VIEW"):
		return r.dropped(func(name schema.Name, ifExists bool) op.Operation {
			return &op.DropView{Name: name, Materialized: true, IfExists: ifExists}
		})
	case r.accept("SEQUENCE"):
		return r.dropped(func(name schema.Name, ifExists bool) op.Operation {
			return &op.DropSequence{Name: name, IfExists: ifExists}
		})
	case r.accept("FUNCTION"), r.accept("PROCEDURE"):
		return r.dropped(func(name schema.Name, ifExists bool) op.Operation {
			return &op.DropFunction{Name: name, IfExists: ifExists}
		})
	case r.acceptAny("SCHEMA", "DATABASE"):
		return r.dropped(func(name schema.Name, ifExists bool) op.Operation {
			return &op.DropNamespace{Name: name.Name, IfExists: ifExists}
		})
	}
	return nil
}

// dropped takes a list of names and makes an operation of each.
func (r *reader) dropped(make func(name schema.Name, ifExists bool) op.Operation) []op.Operation {
	ifExists := r.accept("IF", "EXISTS")
	var out []op.Operation
	for {
		name := r.name()
		if name.Name == "" {
			return out
		}
		out = append(out, make(name, ifExists))
		r.parentheses() // the arguments of a function
		if !r.accept(",") {
			return out
		}
	}
}

func (r *reader) dropIndex() []op.Operation {
	concurrently := r.accept("CONCURRENTLY")
	out := r.dropped(func(name schema.Name, ifExists bool) op.Operation {
		return &op.DropIndex{Name: name.Name, Concurrently: concurrently, IfExists: ifExists}
	})
	if r.accept("ON") {
		table := r.name()
		for _, operation := range out {
			if drop, ok := operation.(*op.DropIndex); ok {
				drop.Table = table
			}
		}
	}
	return out
}

func (r *reader) renameTables() []op.Operation {
	r.accept("IF", "EXISTS")
	var out []op.Operation
	for _, part := range r.commas() {
		from := part.name()
		if !part.accept("TO") {
			return out
		}
		to := part.name()
		if from.Name != "" && to.Name != "" {
			out = append(out, &op.RenameTable{From: from, To: to})
		}
	}
	return out
}

func (r *reader) alterType() []op.Operation {
	name := r.name()
	switch {
	case name.Name == "":
	case r.accept("ADD", "VALUE"):
		r.accept("IF", "NOT", "EXISTS")
		o := &op.AlterEnum{Name: name, Add: r.literal()}
		switch {
		case r.accept("BEFORE"):
			o.Before = r.literal()
		case r.accept("AFTER"):
			o.After = r.literal()
		}
		return []op.Operation{o}
	case r.accept("RENAME", "VALUE"):
		from := r.literal()
		r.accept("TO")
		return []op.Operation{&op.AlterEnum{Name: name, Rename: from, To: r.literal()}}
	}
	return nil
}

func lower(text string) string { return strings.ToLower(text) }
