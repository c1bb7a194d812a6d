package diff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// compareEnums compares the enum types of PostgreSQL.
func (c *comparison) compareEnums() error {
	c.renameEnums()
	for enum := range c.to.Enums.All() {
		if enum.Foreign != "" || c.isUnread("enum", enum.Name) {
			continue
		}
		old, ok := c.working.Enums.Get(enum.Name)
		if !ok {
			c.add(change{
				op: &op.CreateEnum{Enum: enum.Clone()}, phase: phaseTypes, near: [3]string{"1", enum.Name.String()},
				keys: keys{creates: []string{typeKey(enum.Name.String())}, uses: []string{namespaceKey(enum.Name.Schema)}},
			})
			continue
		}
		c.compareEnumValues(old, enum)
		if !c.fits(enum.Comment, old.Comment) {
			c.cannotChange(enum.Name.String(), "the comment of the enum differs")
		}
	}
	for enum := range c.working.Enums.All() {
		if enum.Foreign != "" || c.to.Enums.Has(enum.Name) || c.isUnread("enum", enum.Name) {
			continue
		}
		if !c.full() && !c.Owned.Enums.Has(enum.Name) {
			c.foreign("enum", enum.Name.String())
			continue
		}
		if c.agreedUse(enum.Name) {
			continue
		}
		c.add(change{
			op: &op.DropEnum{Name: enum.Name}, phase: phaseDropTypes, near: [3]string{enum.Name.String()},
			keys: keys{destroys: []string{typeKey(enum.Name.String())}},
		})
	}
	return nil
}

// agreedUse reports whether a type is that of a column which stays by agreement with the models, although they do not have it.
func (c *comparison) agreedUse(name schema.Name) bool {
	if c.full() {
		return false
	}
	for table := range c.Owned.Tables.All() {
		for _, column := range table.Columns {
			agreed := table.Unmanaged || column.Unmanaged || column.Accepts.Has(string(op.TypeAttribute))
			if agreed && isOf(column.Type, name) {
				return true
			}
		}
	}
	return false
}

// compareEnumValues adds and removes values. One value that went and one that came in the same place may be a rename.
func (c *comparison) compareEnumValues(old, enum *schema.Enum) {
	name := enum.Name.String()
	missing := func(values, others []string) []string {
		return slices.DeleteFunc(slices.Clone(values), func(value string) bool { return slices.Contains(others, value) })
	}
	removed, added := missing(old.Values, enum.Values), missing(enum.Values, old.Values)
	maybe := ""
	if len(removed) == 1 && len(added) == 1 && slices.Index(old.Values, removed[0]) == slices.Index(enum.Values, added[0]) {
		maybe = added[0]
		for _, intent := range c.Intents {
			if intent.Table == name && intent.From == removed[0] && intent.To == maybe && !intent.Never {
				c.renameEnumValue(enum.Name, removed[0], maybe)
				return
			}
		}
	}
	for i, value := range added {
		add := &op.AlterEnum{Name: enum.Name, Add: value}
		if at := slices.Index(enum.Values, value); at > 0 {
			add.After = enum.Values[at-1]
		} else if at == 0 {
			add.Before = firstCommon(enum.Values, old.Values)
		}
		c.alterEnum(add, i+1)
	}
	if len(removed) == 0 {
		if kept := missing(old.Values, removed); len(added) == 0 && !slices.Equal(kept, enum.Values) {
			c.find("enum-order", Warning, name, "the order of the enum's values differs; PostgreSQL cannot reorder them",
				"make a new type and change the columns to it")
		}
		return
	}
	remove := &op.AlterEnum{Name: enum.Name, Remove: removed}
	if maybe != "" && c.Renames != NeverRename {
		remove.RenamedTo = maybe
		c.find("possible-rename", Decision, name+"."+removed[0], fmt.Sprintf("the value may have been renamed to %s", maybe),
			fmt.Sprintf("retort resolve --rename %s.%s=%s or --drop %s.%s", name, removed[0], maybe, name, removed[0]))
		c.plan.Renames = append(c.plan.Renames, Rename{
			Kind: "enum value", Table: enum.Name, From: removed[0], To: maybe, Certainty: Possible, Score: 0.5, Reasons: []string{"same place"},
		})
	}
	c.alterEnum(remove, len(added)+1)
}

// renameEnums renames the types of which a model says that they had another name.
func (c *comparison) renameEnums() {
	for enum := range c.to.Enums.All() {
		if enum.Foreign != "" || c.from.Enums.Has(enum.Name) {
			continue
		}
		for _, was := range enum.WasNamed {
			from := schema.ParseName(was)
			if from.Schema == "" {
				from.Schema = enum.Name.Schema
			}
			if !c.working.Enums.Has(from) || c.to.Enums.Has(from) {
				continue
			}
			rename := &op.RenameEnum{From: from, To: enum.Name}
			c.apply(rename)
			c.add(change{op: rename, phase: phaseTypes, near: [3]string{"0", enum.Name.String()}, keys: keys{
				destroys: []string{typeKey(from.String())}, creates: []string{typeKey(enum.Name.String())},
			}})
			c.plan.Renames = append(c.plan.Renames, Rename{
				Kind: "enum", From: from.String(), To: enum.Name.String(), Certainty: Certain, Score: 1,
				Reasons: []string{"the model says that it was " + was}, Applied: true,
			})
			break
		}
	}
}

// renameEnumValue renames a value. Defaults follow it on the server, so they do in the working schema.
func (c *comparison) renameEnumValue(name schema.Name, from, to string) {
	rename := &op.AlterEnum{Name: name, Rename: from, To: to}
	c.apply(rename)
	quote := func(value string) string { return "'" + strings.ReplaceAll(value, "'", "''") + "'" }
	for table := range c.working.Tables.All() {
		for _, column := range table.Columns {
			if isOf(column.Type, name) {
				column.Default = strings.ReplaceAll(column.Default, quote(from), quote(to))
			}
		}
	}
	c.plan.Renames = append(c.plan.Renames, Rename{
		Kind: "enum value", Table: name, From: from, To: to, Certainty: Certain, Score: 1, Reasons: []string{"stated"}, Applied: true,
	})
	c.alterEnum(rename, 0)
}

func firstCommon(values, others []string) string {
	for _, value := range values {
		if slices.Contains(others, value) {
			return value
		}
	}
	return ""
}

// alterEnum adds a change of an enum's values. They run one after the other, in the order of step.
func (c *comparison) alterEnum(alter *op.AlterEnum, step int) {
	name := alter.Name.String()
	k := keys{creates: []string{objectKey("enum step", fmt.Sprintf("%s %d", name, step))}}
	if len(alter.Remove) > 0 {
		// Columns that turn away from the type go first; those that turn to it do not mind.
		k.destroys = []string{typeValuesKey(name)}
	} else {
		k.creates = append(k.creates, typeKey(name))
	}
	if step > 0 {
		k.uses = append(k.uses, objectKey("enum step", fmt.Sprintf("%s %d", name, step-1)))
	}
	c.add(change{op: alter, phase: phaseTypes, near: [3]string{"2", name, fmt.Sprintf("%04d", step)}, keys: k})
}
