package render

import (
	"fmt"
	"go/ast"
	"slices"
	"strings"
)

// pair is a drop and the creation beside it, which a rename replaces.
type pair struct{ drop, create recorded }

// rename carries a rename out in both directions. It returns why it cannot, or "".
func (e *sourceEdit) rename(flag Flag, to string) string {
	ups, reason := e.pairs("Upgrade", flag, flag.From, to)
	if reason != "" {
		return reason
	}
	downs, reason := e.pairs("Downgrade", flag, to, flag.From)
	if reason != "" {
		return reason
	}
	if e.directions["Downgrade"] != nil && len(downs) != len(ups) {
		return fmt.Sprintf("the downgrade does not take the step back with a drop of %s and a creation of %s; edit the file by hand", to, flag.From)
	}
	for i, up := range ups {
		change := renaming{sourceEdit: e, flag: flag, to: to, up: up}
		if i < len(downs) {
			change.down = &downs[i]
		}
		if reason := change.carryOut(); reason != "" {
			return reason
		}
	}
	return ""
}

// pairs finds, in each block of a direction, the drop of one name and the creation of the other.
func (e *sourceEdit) pairs(direction string, flag Flag, dropped, created string) (pairs []pair, reason string) {
	steps := e.recordedIn(direction)
	for _, drop := range steps {
		if !drops(drop, flag, dropped) {
			continue
		}
		at := slices.IndexFunc(steps, func(s recorded) bool { return s.scope == drop.scope && createsNamed(s, flag, created) })
		if at < 0 {
			return nil, fmt.Sprintf("no step beside the drop of %s in the %s creates %s", dropped, strings.ToLower(direction), created)
		}
		pairs = append(pairs, pair{drop, steps[at]})
	}
	return pairs, ""
}

// drops reports whether a step drops the object of the flag's kind and place that has a name.
func drops(step recorded, flag Flag, name string) bool {
	switch flag.Kind {
	case "table":
		return step.is("DropTable", name)
	case "column":
		return step.is("DropColumn", flag.Table, name)
	}
	return step.is("RemoveEnumValues", flag.Table, name) && len(step.names()) == 2
}

// createsNamed is as drops, for the creation.
func createsNamed(step recorded, flag Flag, name string) bool {
	switch flag.Kind {
	case "table":
		return step.is("CreateTable", name)
	case "column":
		return step.is("AddColumn", flag.Table) && columnName(step.element()) == name
	}
	return step.is("AddEnumValue", flag.Table, name)
}

// element returns the last argument of a step, such as the column of AddColumn.
func (s recorded) element() ast.Expr {
	args := s.links[0].call.Args
	if len(args) == 0 {
		return nil
	}
	return args[len(args)-1]
}

// columnName returns the name in op.Column("name", …), or "".
func columnName(element ast.Expr) string {
	if _, links := chainOf(element); len(links) > 0 && links[0].name == "Column" && len(links[0].call.Args) == 2 {
		return literalText(links[0].call.Args[0])
	}
	return ""
}

// renaming is a rename in one block of each direction.
type renaming struct {
	*sourceEdit
	flag Flag
	to   string
	up   pair
	down *pair // nil if there is no way back
}

// carryOut replaces the pairs. It returns why it cannot, or "".
func (r *renaming) carryOut() string {
	var upLines, downLines []string
	switch r.flag.Kind {
	case "table":
		var reason string
		if upLines, downLines, reason = r.tableLines(); reason != "" {
			return reason
		}
	case "column":
		var reason string
		if upLines, downLines, reason = r.columnLines(); reason != "" {
			return reason
		}
	default:
		upLines = []string{line(r.up.drop, "RenameEnumValue", r.flag.Table, quote(r.flag.From), quote(r.to))}
		if r.down != nil {
			downLines = []string{line(r.down.drop, "RenameEnumValue", r.flag.Table, quote(r.to), quote(r.flag.From))}
		}
	}
	r.replacePair(r.up, upLines)
	if r.down != nil {
		r.replacePair(*r.down, downLines)
	}
	return ""
}

// replacePair puts lines in the place of the first of two steps, and removes the second.
func (r *renaming) replacePair(p pair, lines []string) {
	first, second := p.drop, p.create
	if second.statement.Pos() < first.statement.Pos() {
		first, second = second, first
	}
	r.dropFlagComment(first)
	r.replaceLines(first, lines)
	r.removeStep(second)
}

func quote(text string) string { return fmt.Sprintf("%q", text) }

// line returns a call on the recorder of a step about a table. In a batch the table goes without saying.
func line(beside recorded, method, table string, args ...string) string {
	if beside.batch == "" {
		args = append([]string{quote(table)}, args...)
	}
	return beside.receiver + "." + method + "(" + strings.Join(args, ", ") + ")"
}

func (r *renaming) columnLines() (up, down []string, reason string) {
	newer := r.up.create.element()
	up = []string{line(r.up.drop, "RenameColumn", r.flag.Table, quote(r.flag.From), quote(r.to)) + r.fieldLink(newer)}
	if r.down == nil {
		return up, nil, ""
	}
	older := r.down.create.element()
	down = []string{line(r.down.drop, "RenameColumn", r.flag.Table, quote(r.to), quote(r.flag.From)) + r.fieldLink(older)}
	forth, reason := r.alteration(older, newer)
	if reason != "" {
		return nil, nil, reason
	}
	back, reason := r.alteration(newer, older)
	if reason != "" {
		return nil, nil, reason
	}
	if forth != "" {
		up = append(up, line(r.up.drop, "AlterColumn", r.flag.Table, quote(r.to))+forth)
		down = append(down, line(r.down.drop, "AlterColumn", r.flag.Table, quote(r.flag.From))+back)
	}
	return up, down, ""
}

// unset holds, by a column's attribute, the link of AlterColumn that takes it away.
var unset = map[string]string{
	"NotNull": "Null()", "Default": "NoDefault()", "Identity": "NoIdentity()", "Generated": "NotGenerated()", "Collate": `Collate("")`,
	"Charset": `Charset("")`, "Comment": `Comment("")`,
}

// fieldLink returns what a column records of its field, as a link, or "".
func (r *renaming) fieldLink(element ast.Expr) string {
	_, links := chainOf(element)
	for _, link := range links {
		if link.name == "Field" {
			return ".Field" + r.argumentText(link)
		}
	}
	return ""
}

// attribute is a link of a column's chain: what it sets, and the same as a link of AlterColumn.
type attribute struct{ key, set string }

// attributesOf returns what a column's chain sets. It returns why a link has no counterpart, or "".
func (r *renaming) attributesOf(element ast.Expr) (list []attribute, reason string) {
	_, links := chainOf(element)
	if len(links) == 0 {
		return nil, "the column is not written as op.Column; edit the file by hand"
	}
	sqlType := links[0].call.Args[1]
	method := "Types"
	if _, ok := sqlType.(*ast.BasicLit); ok {
		method = "Type"
	}
	list = append(list, attribute{"Type", method + "(" + r.text(sqlType) + ")"})
	for _, link := range links[1:] {
		set := link.name + r.argumentText(link)
		switch link.name {
		case "Default", "Defaults":
			list = append(list, attribute{"Default", set})
		case "AutoIncrement", "Identity", "Numbering", "IdentityAlways":
			list = append(list, attribute{"Identity", set})
		case "GeneratedStored", "GeneratedVirtual":
			list = append(list, attribute{"Generated", set})
		case "Option":
			list = append(list, attribute{"Option " + r.text(link.call.Args[0]), set})
		case "Field": // of the rename, see fieldLink
		default:
			list = append(list, attribute{link.name, set})
		}
	}
	return list, ""
}

// argumentText returns the arguments of a call with their parentheses.
func (r *renaming) argumentText(link link) string {
	return string(r.source[r.offset(link.call.Lparen):r.offset(link.call.Rparen)]) + ")"
}

// alteration returns the links of AlterColumn that make one column's definition the other's, or "".
func (r *renaming) alteration(from, to ast.Expr) (links, reason string) {
	before, reason := r.attributesOf(from)
	if reason != "" {
		return "", reason
	}
	after, reason := r.attributesOf(to)
	if reason != "" {
		return "", reason
	}
	for _, now := range after {
		if slices.ContainsFunc(before, func(old attribute) bool { return old.key == now.key && sameText(old.set, now.set) }) {
			continue
		}
		if reason := unalterable(now); reason != "" {
			return "", reason
		}
		links += "." + now.set
	}
	for _, old := range before {
		if slices.ContainsFunc(after, func(now attribute) bool { return old.key == now.key }) {
			continue
		}
		gone := unset[old.key]
		if key, ok := strings.CutPrefix(old.key, "Option "); ok {
			gone = "NoOption(" + key + ")"
		}
		if gone == "" {
			return "", unalterable(old)
		}
		links += "." + gone
	}
	return links, ""
}

// unalterable says why a difference between two columns has no counterpart in AlterColumn, or "".
func unalterable(a attribute) string {
	if a.key == "On" || a.key == "Unmanaged" || a.key == "Accepts" || strings.HasPrefix(a.set, "IdentityAlways(") {
		return fmt.Sprintf("the two definitions differ in %s, which cannot be carried over; edit the file by hand", a.set)
	}
	return ""
}

// sameText compares Go source without its spacing.
func sameText(a, b string) bool {
	return strings.Join(strings.Fields(a), "") == strings.Join(strings.Fields(b), "")
}
