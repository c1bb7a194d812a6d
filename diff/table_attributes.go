package diff

import (
	"slices"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// compareTableAttributes compares the comment and the options of a table.
func (c *comparison) compareTableAttributes(p pair) {
	alter := &op.AlterTable{Name: p.to.Name}
	var ownedOptions schema.Options
	ownedComment := ""
	if p.owned != nil {
		ownedOptions, ownedComment = p.owned.Options, p.owned.Comment
	}
	if c.differs(p.to.Comment, p.from.Comment, ownedComment, sameText) && !acceptsOfTable(p, op.CommentAttribute) {
		alter.Comment = &p.to.Comment
	}
	var canonOptions schema.Options
	if p.canon != nil {
		canonOptions = p.canon.Options
	}
	alter.Set, alter.Unset = c.compareOptions(p.to.Options, p.from.Options, ownedOptions)
	alter.Set = c.unsettled(p, alter.Set, p.from.Options, canonOptions)
	alter.Unset = slices.DeleteFunc(alter.Unset, func(key string) bool { return acceptsOfTable(p, op.OptionAttribute(key)) })
	if alter.Comment == nil && len(alter.Set) == 0 && len(alter.Unset) == 0 {
		return
	}
	c.add(change{
		op: alter, phase: phaseAlterTables, near: [3]string{p.to.Name.String(), rankAlterTable},
		keys: keys{uses: []string{tableKey(p.to.Name)}},
	})
}

// acceptsOfTable reports whether the model leaves an attribute of a table open, and the revisions agreed to accept what the
// database has.
func acceptsOfTable(p pair, attribute op.Attribute) bool {
	if p.owned == nil || !TableLeavesOpen(p.to, attribute) {
		return false
	}
	value, accepts := p.owned.Accepts.Get(string(attribute))
	return accepts && value == TableAcceptedValue(p.from, attribute)
}

// TableLeavesOpen reports whether a model says nothing about an attribute of its table.
func TableLeavesOpen(table *schema.Table, attribute op.Attribute) bool {
	if key, isOption := attribute.OptionKey(); isOption {
		return !table.Options.Has(key)
	}
	return attribute == op.CommentAttribute && table.Comment == ""
}

// TableAcceptedValue is the value of an attribute in the form that [schema.Table.Accepts] records.
func TableAcceptedValue(table *schema.Table, attribute op.Attribute) string {
	if key, isOption := attribute.OptionKey(); isOption {
		value, _ := table.Options.Get(key)
		return value
	}
	return table.Comment
}
