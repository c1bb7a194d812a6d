package render

import (
	"encoding/json"
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

// JSONVersion is the version of the form that [JSON] writes. Fields may be added under the same version.
const JSONVersion = 1

// JSON returns the changes of a plan as one object, for programs. Changes are in the order in which they run.
func JSON(plans []EnginePlan) ([]byte, error) {
	out := jsonPlan{Version: JSONVersion, Changes: []jsonChange{}, Engines: []jsonEngine{}}
	for _, c := range planChanges(plans) {
		out.Changes = append(out.Changes, jsonChange{
			Change: changeNames[c.Sign], Table: c.Table, Object: c.Object, Text: c.Words, Origin: c.Origin, Note: c.Note, Only: c.only,
		})
	}
	for _, plan := range plans {
		engine := jsonEngine{Dialect: plan.Dialect, Upgrade: plan.Upgrade, Downgrade: plan.Downgrade, Irreversible: plan.Irreversible}
		for _, rename := range plan.Renames {
			engine.Renames = append(engine.Renames, jsonRename{
				Kind: rename.Kind, Table: rename.Table.String(), From: rename.From, To: rename.To, Certainty: rename.Certainty,
				Score: rename.Score, Reasons: rename.Reasons,
			})
		}
		for _, note := range plan.Notes {
			engine.Notes = append(engine.Notes, jsonNote(note))
		}
		out.Engines = append(out.Engines, engine)
	}
	data, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return nil, err
	}
	return append(data, '\n'), nil
}

var changeNames = map[string]string{"+": "add", "-": "drop", "~": "change", "*": "data"}

type jsonPlan struct {
	Version int          `json:"version"`
	Changes []jsonChange `json:"changes"`
	Engines []jsonEngine `json:"engines"`
}

type jsonChange struct {
	Change string   `json:"change"` // "add", "drop", "change" or "data"
	Table  string   `json:"table"`
	Object string   `json:"object"`
	Text   string   `json:"text"`
	Origin string   `json:"origin,omitempty"`
	Note   string   `json:"note,omitempty"`
	Only   []string `json:"only,omitempty"` // the dialects, where not all have the change
}

type jsonEngine struct {
	Dialect      schema.Dialect `json:"dialect"`
	Upgrade      op.List        `json:"upgrade"`
	Downgrade    op.List        `json:"downgrade"`
	Irreversible string         `json:"irreversible,omitempty"`
	Renames      []jsonRename   `json:"renames,omitempty"`
	Notes        []jsonNote     `json:"notes,omitempty"`
}

type jsonRename struct {
	Kind      string   `json:"kind"`
	Table     string   `json:"table,omitempty"`
	From      string   `json:"from"`
	To        string   `json:"to"`
	Certainty string   `json:"certainty,omitempty"`
	Score     float64  `json:"score"`
	Reasons   []string `json:"reasons,omitempty"`
}

type jsonNote struct {
	ID       string `json:"id"`
	Severity string `json:"severity"`
	Object   string `json:"object"`
	Text     string `json:"text"`
	Way      string `json:"way,omitempty"`
}
