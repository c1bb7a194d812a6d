package reflect

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	bunschema "github.com/uptrace/bun/schema"

	"github.com/retort-db/retort/schema"
)

// foreignKey is a foreign key on its way into a table.
type foreignKey struct {
	*schema.ForeignKey
	relation string // Go field of the relation it comes from
	explicit bool   // actions were stated
}

// foreignKeys adds the keys of the model's relations, as far as the mode asks for them, and those that it declares.
func (r *reader) foreignKeys(m *model) {
	refinements := map[string][]*schema.DeclaredForeignKey{}
	var own []*schema.DeclaredForeignKey
	for _, declared := range m.declared.ForeignKeys {
		if declared.Relation != "" {
			refinements[declared.Relation] = append(refinements[declared.Relation], declared)
			continue
		}
		own = append(own, declared)
	}
	for _, member := range m.members {
		for _, relation := range sortedRelations(member.bun.Relations) {
			field := r.fieldOrigin(member.typ, relation.Field.Index)
			r.relationKey(m, member, relation, field, refinements[field.Field])
			delete(refinements, field.Field)
		}
	}
	for _, key := range r.keysFromTypes(m) {
		r.addKey(m, key)
	}
	for _, declared := range own {
		r.declaredKey(m, declared)
	}
	for _, field := range slices.Sorted(maps.Keys(refinements)) {
		for _, declared := range refinements[field] {
			r.failAt(declared.Origin, fmt.Sprintf("there is no relation %q", field), "name the Go field of a rel:belongs-to relation")
		}
	}
	for _, key := range m.foreign {
		m.table.ForeignKeys = append(m.table.ForeignKeys, key.ForeignKey)
	}
}

// sortedRelations returns relations in struct order.
func sortedRelations(relations map[string]*bunschema.Relation) []*bunschema.Relation {
	return slices.SortedFunc(maps.Values(relations), func(a, b *bunschema.Relation) int {
		return cmp.Or(slices.Compare(a.Field.Index, b.Field.Index), cmp.Compare(a.Field.GoName, b.Field.GoName))
	})
}

// relationKey adds the foreign key of one relation, if it is one.
func (r *reader) relationKey(m, member *model, relation *bunschema.Relation, origin schema.Origin, refinements []*schema.DeclaredForeignKey) {
	if !isKeyOfBase(relation) {
		for _, refinement := range refinements {
			r.failAt(refinement.Origin, "the relation is no foreign key of this table",
				"put the tag on the rel:belongs-to side")
		}
		return
	}
	key := &foreignKey{
		ForeignKey: &schema.ForeignKey{RefTable: r.tableName(relation.JoinTable.Name), Origin: origin},
		relation:   origin.Field,
	}
	for i, base := range relation.BasePKs {
		key.Columns = append(key.Columns, base.Name)
		key.RefColumns = append(key.RefColumns, relation.JoinPKs[i].Name)
	}
	if relation.Type == bunschema.BelongsToRelation {
		key.OnDelete = r.bunAction(origin, relation.Field, "on_delete", key)
		key.OnUpdate = r.bunAction(origin, relation.Field, "on_update", key)
	}
	for _, refinement := range refinements {
		r.refine(key, refinement)
	}
	declared := key.explicit || len(refinements) > 0
	if r.noForeignKey(m, origin.Field, key.Columns) || !r.wanted(declared, len(refinements) > 0) {
		return
	}
	if member != m && !slices.ContainsFunc(key.Columns, m.hasColumn) {
		return // a read model with relations of its own
	}
	for _, name := range key.Columns {
		if !m.hasColumn(name) {
			r.note(RelationWithoutKey, Warning, origin,
				fmt.Sprintf("the relation is no foreign key: its column %q is not one that the model defines", name),
				`remove scanonly from that field, or say ddl:"nofk" on the relation`)
			return
		}
	}
	r.addKey(m, key)
}

// isKeyOfBase reports whether the relation is a foreign key in the table of its own struct: every belongs-to, and a
// has-one by columns that are no primary key. The other has-one relations are the far side of a key.
func isKeyOfBase(relation *bunschema.Relation) bool {
	switch relation.Type {
	case bunschema.BelongsToRelation:
		return true
	case bunschema.HasOneRelation:
		return !slices.ContainsFunc(relation.BasePKs, func(field *bunschema.Field) bool { return field.IsPK })
	}
	return false
}

// wanted reports whether the mode makes a relation a foreign key.
func (r *reader) wanted(declared, byDDL bool) bool {
	switch r.options.ForeignKeys {
	case ForeignKeysNone:
		return byDDL
	case ForeignKeysDeclared:
		return declared
	}
	return true
}

// noForeignKey reports whether a nofk says so on the relation or on one of its columns.
func (r *reader) noForeignKey(m *model, relation string, columns []string) bool {
	return slices.ContainsFunc(m.declared.Attributes, func(attribute schema.DeclaredAttribute) bool {
		return attribute.Key == schema.AttributeNoForeignKey &&
			(attribute.Column == relationTarget(relation) || slices.Contains(columns, attribute.Column))
	})
}

// bunAction reads on_delete or on_update of a bun tag.
func (r *reader) bunAction(origin schema.Origin, field *bunschema.Field, option string, key *foreignKey) schema.Action {
	text, found := field.Tag.Option(option)
	if !found {
		return schema.NoAction
	}
	action, known := parseAction(text)
	if !known {
		r.failAt(origin, fmt.Sprintf("%s:%s is no action", option, text),
			didYouMean(text, []string{"cascade", "restrict", "set null", "set default", "no action"}))
		return schema.NoAction
	}
	key.explicit = true
	return action
}

// refine applies what a ddl tag or DDL method says about a key.
func (r *reader) refine(key *foreignKey, by *schema.DeclaredForeignKey) {
	key.Name = cmp.Or(by.Name, key.Name)
	for _, action := range []struct {
		what   string
		said   bool
		target *schema.Action
		value  schema.Action
	}{{"on_delete", by.OnDeleteSet, &key.OnDelete, by.OnDelete}, {"on_update", by.OnUpdateSet, &key.OnUpdate, by.OnUpdate}} {
		if !action.said {
			continue
		}
		if *action.target != "" && *action.target != action.value {
			r.failAt(by.Origin, fmt.Sprintf("%s is %s here and %s at %s", action.what,
				cmp.Or(action.value, "NO ACTION"), *action.target, place(key.Origin)), "keep one of the two")
			continue
		}
		*action.target = action.value
		key.explicit = true
	}
	key.SetColumns = append(key.SetColumns, by.SetColumns...)
	key.Match = cmp.Or(by.Match, key.Match)
	key.Deferrable = cmp.Or(by.Deferrable, key.Deferrable)
	key.NotValid = key.NotValid || by.NotValid
	key.NoEnforce = key.NoEnforce || by.NoEnforce
	key.Comment = cmp.Or(by.Comment, key.Comment)
}

// keysFromTypes returns the keys of REFERENCES clauses inside type:.
func (r *reader) keysFromTypes(m *model) []*foreignKey {
	var keys []*foreignKey
	for i := range m.fields {
		facts := &m.fields[i]
		if key := facts.sql.references; key != nil {
			key.Columns, key.Origin = []string{facts.field.Name}, facts.origin
			key.RefTable = r.inDefault(key.RefTable)
			keys = append(keys, &foreignKey{ForeignKey: key, explicit: true})
		}
	}
	return keys
}

// declaredKey adds a key that a ddl tag or DDL method declares by columns, or refines the relation's key over them.
func (r *reader) declaredKey(m *model, declared *schema.DeclaredForeignKey) {
	if !r.knowColumns(m, declared.Origin, declared.Columns, declared.SetColumns) {
		return
	}
	at := slices.IndexFunc(m.foreign, func(key *foreignKey) bool {
		return slices.Equal(key.Columns, declared.Columns) &&
			(declared.RefTable.Name == "" || r.inDefault(declared.RefTable) == key.RefTable)
	})
	if at >= 0 {
		r.refine(m.foreign[at], declared)
		return
	}
	if declared.RefTable.Name == "" {
		r.failAt(declared.Origin, fmt.Sprintf("no relation is over (%s), so nothing says which table the foreign key refers to",
			strings.Join(declared.Columns, ", ")), "write references:table(column), or t.ForeignKey(…).References(…)")
		return
	}
	key := declared.ForeignKey.Clone()
	key.RefTable = r.inDefault(key.RefTable)
	r.addKey(m, &foreignKey{ForeignKey: key, explicit: true})
}

// addKey adds a key unless the same one is there: two relations may go over the same columns.
func (r *reader) addKey(m *model, key *foreignKey) {
	for _, before := range m.foreign {
		if !slices.Equal(before.Columns, key.Columns) || before.RefTable != key.RefTable || !slices.Equal(before.RefColumns, key.RefColumns) {
			continue
		}
		if before.explicit && key.explicit && (before.OnDelete != key.OnDelete || before.OnUpdate != key.OnUpdate) {
			r.failAt(key.Origin, fmt.Sprintf("the foreign key (%s) has other actions at %s", strings.Join(key.Columns, ", "), place(before.Origin)),
				"state the same actions on both")
			return
		}
		if key.explicit && !before.explicit {
			before.OnDelete, before.OnUpdate, before.explicit = key.OnDelete, key.OnUpdate, true
		}
		before.Name = cmp.Or(before.Name, key.Name)
		return
	}
	m.foreign = append(m.foreign, key)
}

// checkTargets looks at what the foreign keys refer to.
func (r *reader) checkTargets(tables []*model) {
	byName := make(map[schema.Name]*model, len(tables))
	for _, m := range tables {
		byName[m.name] = m
	}
	for _, m := range tables {
		for _, key := range m.table.ForeignKeys {
			r.checkTarget(m, key, byName[key.RefTable])
		}
	}
}

func (r *reader) checkTarget(m *model, key *schema.ForeignKey, target *model) {
	if target == nil {
		r.note(TargetNotReflected, Warning, key.Origin,
			fmt.Sprintf("the foreign key refers to %s, which no model describes", key.RefTable),
			`add the model, or say ddl:"nofk" on the relation`)
		return
	}
	if len(key.RefColumns) == 0 && target.table.PrimaryKey != nil {
		key.RefColumns = slices.Clone(target.table.PrimaryKey.Columns)
	}
	if len(key.RefColumns) != len(key.Columns) {
		r.failAt(key.Origin, fmt.Sprintf("the foreign key has %d columns and refers to %d", len(key.Columns), len(key.RefColumns)),
			"name as many on both sides")
		return
	}
	for _, name := range key.RefColumns {
		if !target.hasColumn(name) {
			r.failAt(key.Origin, fmt.Sprintf("the foreign key refers to %s.%s, which is no column", key.RefTable, name),
				didYouMean(name, slices.Sorted(maps.Keys(target.columns))))
			return
		}
	}
	if !isUniqueOver(target.table, key.RefColumns) {
		r.note(TargetNotUnique, Warning, key.Origin,
			fmt.Sprintf("the foreign key refers to %s (%s), which is neither its primary key nor unique", key.RefTable, strings.Join(key.RefColumns, ", ")),
			`make it unique, or say ddl:"nofk" on the relation`)
	}
}

func isUniqueOver(table *schema.Table, columns []string) bool {
	if key := table.PrimaryKey; key != nil && sameSet(key.Columns, columns) {
		return true
	}
	for _, unique := range table.Uniques {
		if sameSet(unique.Columns, columns) {
			return true
		}
	}
	for _, index := range table.Indexes {
		if index.Unique && index.Where == "" && len(index.Columns()) == len(index.Parts) && sameSet(index.Columns(), columns) {
			return true
		}
	}
	return false
}

func sameSet(a, b []string) bool {
	left, right := slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(left, right)
}
