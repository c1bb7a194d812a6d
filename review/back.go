package review

import (
	"fmt"
	"slices"
	"strings"

	"github.com/retort-db/retort/diff"
	"github.com/retort-db/retort/op"
)

// backOf carries the downgrade of a revision out on each engine and compares with the schema that it should restore. The
// worst engine decides.
func backOf(engines []*engine, at int) Back {
	var out Back
	for i, e := range engines {
		one := e.back(at)
		if i == 0 || rankOf(one.Level) < rankOf(out.Level) {
			lost, discarded := out.Lost, out.Discarded
			out = one
			out.Lost, out.Discarded = union(lost, out.Lost), union(discarded, out.Discarded)
			continue
		}
		out.Lost, out.Discarded = union(out.Lost, one.Lost), union(out.Discarded, one.Discarded)
	}
	return out
}

func rankOf(level BackLevel) int {
	return slices.Index([]BackLevel{BackNone, BackBroken, BackSchema, BackWhole}, level)
}

func union(a, b []string) []string {
	for _, one := range b {
		if !slices.Contains(a, one) {
			a = append(a, one)
		}
	}
	return a
}

func (e *engine) back(at int) Back {
	recorded := e.Revisions[at]
	lost := losses(recorded.Upgrade)
	if reason := recorded.Irreversible; reason != "" {
		return Back{Level: BackNone, Text: "there is no way back: " + reason, Lost: lost}
	}
	operations, _ := flat(recorded.Downgrade)
	for _, operation := range operations {
		if o, ok := operation.(*op.Irreversible); ok {
			return Back{Level: BackNone, Text: "there is no way back: " + o.Reason, Lost: lost}
		}
	}
	if len(recorded.Upgrade) == 0 {
		return Back{Level: BackWhole, Text: "the downgrade has nothing to undo"}
	}
	discarded := losses(recorded.Downgrade)
	if wrong := e.notRestored(at); wrong != "" {
		return Back{Level: BackBroken, Text: "the downgrade does not restore the schema on " + string(e.Server.Dialect) + ": " + wrong, Lost: lost, Discarded: discarded}
	}
	text := "the downgrade restores the schema"
	if step := opaque(recorded); step != "" {
		text = "the downgrade restores the schema, as far as is known: nobody knows what this step does: " + step
	}
	if len(lost) > 0 {
		return Back{Level: BackSchema, Text: text + ", and not the data of " + strings.Join(lost, ", "), Lost: lost, Discarded: discarded}
	}
	return Back{Level: BackWhole, Text: text, Discarded: discarded}
}

// notRestored says what is otherwise after upgrade and downgrade, or nothing.
func (e *engine) notRestored(at int) string {
	before := e.states[at]
	restored, err := op.Replay(e.states[at+1], e.Revisions[at].Downgrade)
	if err != nil {
		return "it does not fit: " + err.Error()
	}
	plan, err := diff.Diff(restored, before, diff.Options{Renames: diff.NeverRename})
	if err != nil {
		return err.Error()
	}
	if plan.Empty() {
		return ""
	}
	const most = 4
	var missing []string
	for i, operation := range plan.Operations {
		if i == most {
			missing = append(missing, fmt.Sprintf("and %d more", len(plan.Operations)-most))
			break
		}
		missing = append(missing, operation.String())
	}
	return "it would still take: " + strings.Join(missing, "; ")
}

// losses names what goes with its data.
func losses(operations []op.Operation) []string {
	var out []string
	made := map[string]bool{}
	all, _ := flat(operations)
	for _, operation := range all {
		name := ""
		switch o := operation.(type) {
		case *op.CreateTable:
			made[o.Table.Name.String()] = true
		case *op.AddColumn:
			made[o.Table.String()+"."+o.Column.Name] = true
		case *op.DropTable:
			name = o.Name.String()
		case *op.DropColumn:
			if !made[o.Table.String()] {
				name = o.Table.String() + "." + o.Name
			}
		}
		if name != "" && !made[name] && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// opaque describes the first step of a revision whose effect is not known.
func opaque(recorded Recorded) string {
	for _, operation := range slices.Concat(recorded.Upgrade, recorded.Downgrade) {
		if exec, ok := operation.(*op.Exec); ok && exec.Opaque() {
			return exec.String()
		}
	}
	return ""
}
