package review

import (
	"cmp"
	"slices"
	"strings"

	"github.com/retort-db/retort/schema"
)

// diagram draws the tables that change on an engine, and those that they refer to or are referred by.
func diagram(e *engine, objects []Object) Diagram {
	d := Diagram{Dialect: e.Server.Dialect, Entities: []Entity{}, Edges: []Edge{}}
	changed := map[string]*Object{}
	for i := range objects {
		if o := &objects[i]; o.Kind == "table" && (len(o.Engines) == 0 || slices.Contains(o.Engines, e.Server.Dialect)) {
			changed[o.Name] = o
		}
	}
	if len(changed) == 0 {
		return d
	}
	after, today := e.after(), e.lineage.today(e.Before)
	d.edges(after, today, changed)
	d.droppedEdges(e.Before, changed)
	beside := map[string]bool{}
	for _, edge := range d.Edges {
		beside[edge.From], beside[edge.To] = true, true
	}
	for name, o := range changed {
		table := after.Table(schema.ParseName(name))
		former := e.Before.Table(schema.ParseName(cmp.Or(o.Was, name)))
		if o.Change == Dropped {
			table = former
		}
		if table != nil {
			d.Entities = append(d.Entities, entityOf(table, former, o))
		}
	}
	for name := range beside {
		if changed[name] == nil {
			d.Entities = append(d.Entities, Entity{Name: name})
		}
	}
	slices.SortFunc(d.Entities, func(a, b Entity) int { return cmp.Compare(a.Name, b.Name) })
	return d
}

// droppedEdges adds the foreign keys of tables that are gone.
func (d *Diagram) droppedEdges(before *schema.Schema, changed map[string]*Object) {
	for table := range before.Tables.All() {
		if o := changed[table.Name.String()]; o == nil || o.Change != Dropped {
			continue
		}
		for _, key := range table.ForeignKeys {
			edge := edgeOf(table, key)
			edge.Change = Dropped
			d.Edges = append(d.Edges, edge)
		}
	}
	d.sortEdges()
}

func (d *Diagram) sortEdges() {
	slices.SortStableFunc(d.Edges, func(a, b Edge) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), slices.Compare(a.Columns, b.Columns))
	})
}

// edges lists the foreign keys of the changed tables, and those that refer to them.
func (d *Diagram) edges(after, today *schema.Schema, changed map[string]*Object) {
	was := map[string]bool{}
	for table := range today.Tables.All() {
		for _, key := range table.ForeignKeys {
			was[edgeID(table, key)] = true
		}
	}
	seen := map[string]bool{}
	for table := range after.Tables.All() {
		for _, key := range table.ForeignKeys {
			id := edgeID(table, key)
			if changed[table.Name.String()] == nil && changed[key.RefTable.String()] == nil || seen[id] {
				continue
			}
			seen[id] = true
			edge := edgeOf(table, key)
			if !was[id] {
				edge.Change = Added
			}
			d.Edges = append(d.Edges, edge)
		}
	}
	for table := range today.Tables.All() {
		for _, key := range table.ForeignKeys {
			if id := edgeID(table, key); !seen[id] && changed[table.Name.String()] != nil {
				seen[id] = true
				edge := edgeOf(table, key)
				edge.Change = Dropped
				for i, column := range edge.Columns {
					edge.Columns[i] = strings.TrimPrefix(column, gonePrefix)
				}
				d.Edges = append(d.Edges, edge)
			}
		}
	}
}

func edgeID(table *schema.Table, key *schema.ForeignKey) string {
	return strings.Join(append([]string{table.Name.String(), key.RefTable.String()}, key.Columns...), "\x00")
}

func edgeOf(table *schema.Table, key *schema.ForeignKey) Edge {
	edge := Edge{From: table.Name.String(), To: key.RefTable.String(), Columns: slices.Clone(key.Columns)}
	for _, name := range key.Columns {
		if column := table.Column(name); column != nil && !column.NotNull {
			edge.Optional = true
		}
	}
	same := func(columns []string) bool { return slices.Equal(columns, key.Columns) }
	edge.One = table.PrimaryKey != nil && same(table.PrimaryKey.Columns) ||
		slices.ContainsFunc(table.Uniques, func(u *schema.Unique) bool { return same(u.Columns) })
	return edge
}

// entityOf shows of a changed table its keys and what changes; of a new or dropped one everything.
func entityOf(table, former *schema.Table, o *Object) Entity {
	entity := Entity{Name: o.Name, Was: o.Was, Change: o.Change, Origin: o.Origin}
	parts := map[string]Part{}
	for _, p := range o.Parts {
		if p.Kind == "column" && !(o.Change == Replaced && p.Change == Dropped) {
			parts[p.Name] = p
		}
	}
	whole := o.Change == Added || o.Change == Dropped || o.Change == Replaced
	for _, column := range table.Columns {
		p, differs := parts[column.Name]
		delete(parts, column.Name)
		field := Field{Name: column.Name, Type: column.Type, Keys: keysOf(table, column.Name)}
		if differs && !whole {
			field.Was, field.Change = p.Was, p.Change
			if len(p.Values) > 0 {
				field.Before, field.After = p.Values[0].Before, p.Values[0].After
			}
		}
		if !differs && !whole && len(field.Keys) == 0 {
			entity.More++
			continue
		}
		entity.Fields = append(entity.Fields, field)
	}
	for _, p := range o.Parts {
		if _, left := parts[p.Name]; left && p.Kind == "column" && p.Change == Dropped && len(p.Values) > 0 {
			field := Field{Name: p.Name, Change: Dropped, Before: p.Values[0].Before}
			if former != nil && former.Column(p.Name) != nil {
				field.Type = former.Column(p.Name).Type
			}
			entity.Fields = append(entity.Fields, field)
		}
	}
	return entity
}

func keysOf(table *schema.Table, column string) []string {
	var keys []string
	if table.PrimaryKey != nil && slices.Contains(table.PrimaryKey.Columns, column) {
		keys = append(keys, "PK")
	}
	if slices.ContainsFunc(table.ForeignKeys, func(key *schema.ForeignKey) bool { return slices.Contains(key.Columns, column) }) {
		keys = append(keys, "FK")
	}
	if slices.ContainsFunc(table.Uniques, func(u *schema.Unique) bool { return len(u.Columns) == 1 && u.Columns[0] == column }) {
		keys = append(keys, "UK")
	}
	return keys
}
