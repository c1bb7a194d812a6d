package render

import (
	"go/ast"
	"slices"
	"strings"
)

// constraintTypeNames gives the functions that describe constraints the constant that names their type.
var constraintTypeNames = map[string]string{
	"PrimaryKey": "op.PrimaryKeyConstraint", "Unique": "op.UniqueConstraint", "ForeignKey": "op.ForeignKeyConstraint",
	"Check": "op.CheckConstraint", "Exclude": "op.ExclusionConstraint",
}

// tablePart is an element of a CreateTable, as source.
type tablePart struct {
	expr     ast.Expr
	function string // "Column", "Unique" …
	name     string // of a column or constraint
	text     string // the element without a constraint's name
}

// tableParts takes the elements of a CreateTable apart.
func (r *renaming) tableParts(create recorded) []tablePart {
	var parts []tablePart
	for _, element := range create.links[0].call.Args[1:] {
		part := tablePart{expr: element, text: r.text(element)}
		if _, links := chainOf(element); len(links) > 0 {
			part.function = links[0].name
			switch part.function {
			case "Column":
				part.name = columnName(element)
			case "Check", "Exclude":
				part.name = literalText(links[0].call.Args[0])
				part.text = strings.Replace(part.text, r.text(links[0].call.Args[0]), "", 1)
			default:
				for _, link := range links[1:] {
					if link.name == "Named" {
						part.name = literalText(link.call.Args[0])
						part.text = strings.Replace(part.text, ".Named"+r.argumentText(link), "", 1)
					}
				}
			}
		}
		parts = append(parts, part)
	}
	return parts
}

// tableLines returns the lines that rename a table and bring its old definition to the new one, and back.
func (r *renaming) tableLines() (up, down []string, reason string) {
	from, to := r.flag.From, r.to
	up = []string{r.up.drop.receiver + ".RenameTable(" + quote(from) + ", " + quote(to) + ")"}
	if r.down == nil {
		return up, nil, ""
	}
	down = []string{r.down.drop.receiver + ".RenameTable(" + quote(to) + ", " + quote(from) + ")"}
	older, newer := r.tableParts(r.down.create), r.tableParts(r.up.create)
	forth, reason := r.tableChanges(r.up.drop, to, older, newer)
	if reason != "" {
		return nil, nil, reason
	}
	back, reason := r.tableChanges(r.down.drop, from, newer, older)
	if reason != "" {
		return nil, nil, reason
	}
	indexes := r.indexLines()
	up = slices.Concat(up, indexes.upDrops, forth, indexes.upRenames)
	down = slices.Concat(down, indexes.downDrops, back, indexes.downRenames)
	return up, down, ""
}

// tableChanges returns the lines that make the older parts of a table the newer ones: first what goes, constraints before
// the columns with which the engine would drop them, then what comes.
func (r *renaming) tableChanges(beside recorded, table string, older, newer []tablePart) (lines []string, reason string) {
	var columns []string
	for _, old := range older {
		now := counterpart(old, newer)
		switch {
		case now != nil && old.function != "Column" && old.name != now.name && old.name != "" && now.name != "":
			lines = append(lines, line(beside, "RenameConstraint", table, constraintTypeNames[old.function], quote(old.name), quote(now.name)))
		case now != nil:
		case old.function == "Column":
			columns = append(columns, line(beside, "DropColumn", table, quote(old.name)))
		case constraintTypeNames[old.function] != "" && (old.name != "" || old.function == "PrimaryKey"):
			lines = append(lines, line(beside, "DropConstraint", table, constraintTypeNames[old.function], quote(old.name)))
		default:
			return nil, "the definitions of the tables differ in " + old.text + ", which cannot be carried over; edit the file by hand"
		}
	}
	lines = append(lines, columns...)
	var constraints []string
	for _, now := range newer {
		old := counterpart(now, older)
		switch {
		case old != nil && now.function == "Column":
			links, reason := r.alteration(old.expr, now.expr)
			if reason != "" {
				return nil, reason
			}
			if links != "" {
				lines = append(lines, line(beside, "AlterColumn", table, quote(now.name))+links)
			}
		case old != nil:
		case now.function == "Column":
			lines = append(lines, line(beside, "AddColumn", table, r.text(now.expr)))
		case constraintTypeNames[now.function] != "":
			constraints = append(constraints, line(beside, "AddConstraint", table, r.text(now.expr)))
		default:
			return nil, "the definitions of the tables differ in " + now.text + ", which cannot be carried over; edit the file by hand"
		}
	}
	return append(lines, constraints...), ""
}

// counterpart returns the part of the other table that is the same thing: the column of that name, the constraint of that
// definition.
func counterpart(part tablePart, others []tablePart) *tablePart {
	at := slices.IndexFunc(others, func(other tablePart) bool {
		if part.function == "Column" {
			return other.function == "Column" && other.name == part.name
		}
		return other.function == part.function && sameText(other.text, part.text)
	})
	if at < 0 {
		return nil
	}
	return &others[at]
}

// indexChanges are the lines about indexes for each direction.
type indexChanges struct{ upDrops, upRenames, downDrops, downRenames []string }

// indexLines carries the indexes over: those of the same definition are renamed, the others are dropped by name, since no
// drop of the table takes them along any more.
func (r *renaming) indexLines() indexChanges {
	var out indexChanges
	newer := r.indexSteps("Upgrade", r.up.create.scope, r.to)
	older := r.indexSteps("Downgrade", r.down.create.scope, r.flag.From)
	for _, old := range older {
		at := slices.IndexFunc(newer, func(now indexStep) bool { return sameText(now.definition, old.definition) })
		if at < 0 {
			out.upDrops = append(out.upDrops, r.up.drop.receiver+".DropIndex("+quote(old.name)+", "+quote(r.to)+")")
			continue
		}
		now := newer[at]
		newer = slices.Delete(newer, at, at+1)
		if now.name != old.name {
			out.upRenames = append(out.upRenames, line(r.up.drop, "RenameIndex", r.to, quote(old.name), quote(now.name)))
			out.downRenames = append(out.downRenames, line(r.down.drop, "RenameIndex", r.flag.From, quote(now.name), quote(old.name)))
		}
		r.removeStep(now.recorded)
		r.removeStep(old.recorded)
	}
	for _, now := range newer {
		out.downDrops = append(out.downDrops, r.down.drop.receiver+".DropIndex("+quote(now.name)+", "+quote(r.flag.From)+")")
	}
	return out
}

// indexStep is a step that creates an index.
type indexStep struct {
	recorded
	name       string
	definition string // all but the names
}

func (r *renaming) indexSteps(direction string, scope *ast.BlockStmt, table string) []indexStep {
	var out []indexStep
	for _, step := range r.recordedIn(direction) {
		names := step.names()
		if step.links[0].name != "CreateIndex" || step.scope != scope || len(names) < 2 || names[1] != table {
			continue
		}
		after := step.links[0].call.Args[1].End()
		out = append(out, indexStep{step, names[0], string(r.source[r.offset(after):r.offset(step.statement.End())])})
	}
	return out
}
