package render

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// noteColumn is the furthest column at which the remarks of a summary begin.
const noteColumn = 60

// Text returns the changes of a plan for a terminal, one on a line, grouped by table:
//
//	users   + column phone varchar(32) NULL
//	users   ~ column fullname -> full_name
//	orders  ~ column total NULL -> NOT NULL
//
// A change that not all engines have names those that do. The text ends in a newline; without changes it is empty.
func Text(plans []EnginePlan) string {
	changes := byTable(planChanges(plans))
	tables, words := 0, 0
	for _, c := range changes {
		tables = max(tables, utf8.RuneCountInString(printable(c.Table)))
		words = max(words, min(utf8.RuneCountInString(printable(c.What)), noteColumn))
	}
	var out strings.Builder
	for _, c := range changes {
		remark := c.Note
		if len(c.only) > 0 {
			remark = strings.TrimSpace("(" + strings.Join(c.only, ", ") + ")  " + remark)
		}
		line := fmt.Sprintf("  %-*s  %s %-*s  %s", tables, printable(c.Table), c.Sign, words, printable(c.What), remark)
		out.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return out.String()
}

// planChanges matches the operations of several engines without writing them as Go.
func planChanges(plans []EnginePlan) []change {
	d := &direction{}
	keys := make([][]string, len(plans))
	for i, plan := range plans {
		d.dialects = append(d.dialects, plan.Dialect)
		for _, operation := range plan.Upgrade {
			keys[i] = append(keys[i], operationKey(operation))
		}
	}
	for _, row := range align(keys) {
		next := step{operations: map[schema.Dialect]op.Operation{}}
		for i, at := range row {
			if at != absent {
				next.operations[plans[i].Dialect] = plans[i].Upgrade[at]
			}
		}
		d.steps = append(d.steps, next)
	}
	return d.changes(plans)
}
