package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

var irreversible = []rule{{
	Rule: Rule{
		ID: "irreversible", Category: Irreversible, Severity: Warning,
		Title:   "there is no way back",
		What:    "The revision has no Downgrade, or one that says that it cannot be undone.",
		Why:     "When the release goes wrong, the database cannot follow the code back.",
		Safe:    "Write the downgrade, even one that only makes the old code run: it need not bring lost values back.",
		Engines: everywhere,
		Bad:     "m.DropColumn(\"users\", \"phone\")\n// Downgrade:\nm.Irreversible(\"the numbers are gone\")",
		Good:    "m.DropColumn(\"users\", \"phone\")\n// Downgrade:\nm.AddColumn(\"users\", op.Column(\"phone\", \"varchar(20)\"))",
	},
	revision: func(r *run) {
		reason := r.Irreversible
		for _, operation := range r.Downgrade {
			if o, ok := operation.(*op.Irreversible); ok && reason == "" {
				reason = o.Reason
			}
		}
		if reason != "" {
			r.find("", "the revision cannot be undone: "+reason, "write a downgrade that lets the old code run again")
		}
	},
}, {
	Rule: Rule{
		ID: "downgrade-differs", Category: Irreversible, Severity: Warning,
		Title:   "the downgrade leads elsewhere",
		What:    "After the upgrade and the downgrade, tables, columns, indexes, constraints, enums or views are there that were not there before, or are missing.",
		Why:     "A downgrade and the next upgrade then fail, or leave something behind for ever.",
		Safe:    "Undo every step, in reverse order; `retort verify` compares the whole schema.",
		Engines: everywhere,
		Bad:     "m.AddColumn(\"users\", op.Column(\"plan\", \"varchar(20)\"))\nm.CreateIndex(\"ix_users_plan\", \"users\", \"plan\")\n// Downgrade:\nm.DropIndex(\"ix_users_plan\", \"users\")",
		Good:    "m.AddColumn(\"users\", op.Column(\"plan\", \"varchar(20)\"))\nm.CreateIndex(\"ix_users_plan\", \"users\", \"plan\")\n// Downgrade:\nm.DropIndex(\"ix_users_plan\", \"users\")\nm.DropColumn(\"users\", \"plan\")",
	},
	revision: func(r *run) {
		if r.undone == nil {
			return
		}
		before, after := objectsOf(r.Before), objectsOf(r.undone)
		var parts []string
		if left := without(after, before); len(left) > 0 {
			parts = append(parts, "leaves "+some(left))
		}
		if lost := without(before, after); len(lost) > 0 {
			parts = append(parts, "does not bring back "+some(lost))
		}
		if len(parts) > 0 {
			r.find("", "the downgrade "+strings.Join(parts, ", and "), "undo every step, in reverse order")
		}
	},
}, {
	Rule: Rule{
		ID: "data-not-undone", Category: Irreversible, Severity: Info,
		Title:   "the downgrade leaves the rows as they are",
		What:    "The upgrade changes rows of tables that were there before the revision, and the downgrade does not.",
		Why:     "After a downgrade the old code meets the new values.",
		Safe:    "Change the rows back in the downgrade, or make sure that the old code can live with the new values.",
		Engines: everywhere,
		Bad:     "m.Exec(\"UPDATE users SET email = lower(email) WHERE email <> lower(email)\")\n// Downgrade:\nm.Exec(\"ANALYZE\").NoSchemaChange()",
		Good:    "m.Insert(\"products\", op.Row{\"id\": 1, \"sku\": \"gift\"})\n// Downgrade:\nm.Exec(\"DELETE FROM products WHERE id = 1\")",
	},
	revision: func(r *run) {
		if r.undone == nil || slices.ContainsFunc(r.Downgrade, r.changesRows) {
			return
		}
		for _, operation := range r.done {
			if r.changesRows(operation) && r.touchesOld(operation) {
				r.find("", "the downgrade does not take back what this step does: "+operation.String(), "change the rows back, or make sure that the old code can live with them")
				return
			}
		}
	},
}}

// changesRows reports whether an operation changes rows, as far as can be told.
func (r *run) changesRows(operation op.Operation) bool {
	switch o := operation.(type) {
	case *op.Exec:
		return slices.ContainsFunc(r.statements(o), statement.changesRows)
	case *op.Insert, *op.Run:
		return true
	}
	return false
}

// touchesOld reports whether a data step may be about tables that were there before the revision.
func (r *run) touchesOld(operation op.Operation) bool {
	insert, ok := operation.(*op.Insert)
	return !ok || !r.created[insert.Table]
}

// undo applies the downgrade to the schema after the upgrade, if all steps of both say what they do to it.
func (r *run) undo() {
	opaque := func(operation op.Operation) bool {
		exec, ok := operation.(*op.Exec)
		_, stops := operation.(*op.Irreversible)
		_, unknown := operation.(*op.Unknown)
		return ok && exec.Opaque() || stops || unknown
	}
	if len(r.Downgrade) == 0 || r.Irreversible != "" || slices.ContainsFunc(r.Upgrade, opaque) || slices.ContainsFunc(r.Downgrade, opaque) {
		return
	}
	undone, err := op.Replay(r.state, r.Downgrade)
	if err != nil {
		r.downgradeError = err
		return
	}
	r.undone = undone
}

// objectsOf names what is in a schema, sorted.
func objectsOf(s *schema.Schema) []string {
	var out []string
	if s == nil {
		return nil
	}
	for table := range s.Tables.All() {
		out = append(out, "table "+table.Name.String())
		for _, column := range table.Columns {
			out = append(out, "column "+columnOf(table.Name, column.Name))
		}
		named := func(kind, name string) {
			if name != "" {
				out = append(out, kind+" "+name+" of "+table.Name.String())
			}
		}
		for _, index := range table.Indexes {
			named("index", index.Name)
		}
		for _, unique := range table.Uniques {
			named("unique constraint", unique.Name)
		}
		for _, key := range table.ForeignKeys {
			named("foreign key", key.Name)
		}
		for _, check := range table.Checks {
			named("check", check.Name)
		}
	}
	for enum := range s.Enums.All() {
		out = append(out, "enum "+enum.Name.String())
	}
	for view := range s.Views.All() {
		out = append(out, "view "+view.Name.String())
	}
	for sequence := range s.Sequences.All() {
		out = append(out, "sequence "+sequence.Name.String())
	}
	slices.Sort(out)
	return out
}

// without returns what is in a and not in b, both sorted. What belongs to a table that is among it is left out.
func without(a, b []string) []string {
	var out []string
	tables := map[string]bool{}
	for _, object := range a {
		if _, found := slices.BinarySearch(b, object); found {
			continue
		}
		if table, ok := strings.CutPrefix(object, "table "); ok {
			tables[table] = true
		}
		out = append(out, object)
	}
	return slices.DeleteFunc(out, func(object string) bool {
		if column, ok := strings.CutPrefix(object, "column "); ok {
			return tables[column[:max(strings.LastIndexByte(column, '.'), 0)]]
		}
		at := strings.LastIndex(object, " of ")
		return at >= 0 && tables[object[at+4:]]
	})
}

// some lists up to four texts.
func some(list []string) string {
	if len(list) > 4 {
		return strings.Join(list[:4], ", ") + fmt.Sprintf(" and %d more", len(list)-4)
	}
	return strings.Join(list, ", ")
}
