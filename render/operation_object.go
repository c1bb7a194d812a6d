package render

import (
	"slices"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// objectCall writes operations on enums, sequences and other objects besides tables.
func objectCall(operation op.Operation) *chain {
	switch o := operation.(type) {
	case *op.CreateEnum:
		out := called("CreateEnum", append([]node{name(o.Enum.Name)}, texts(o.Enum.Values)...)...)
		commented(out, o.Enum.Comment)
		if o.IfNotExists {
			out.with("IfNotExists")
		}
		return out
	case *op.DropEnum:
		return called("DropEnum", name(o.Name))
	case *op.RenameEnum:
		return called("RenameEnum", name(o.From), name(o.To))
	case *op.AlterEnum:
		return alterEnum(o)
	case *op.CreateSequence:
		return called("CreateSequence", declaredLiteral(o.Sequence))
	case *op.AlterSequence:
		return called("AlterSequence", declaredLiteral(o.Sequence))
	case *op.DropSequence:
		return called("DropSequence", name(o.Name))
	case *op.RenameSequence:
		return called("RenameSequence", name(o.From), name(o.To))
	case *op.CreateDomain:
		return called("CreateDomain", declaredLiteral(o.Domain))
	case *op.DropDomain:
		return called("DropDomain", name(o.Name))
	case *op.CreateComposite:
		return called("CreateComposite", declaredLiteral(o.Composite))
	case *op.DropComposite:
		return called("DropComposite", name(o.Name))
	case *op.CreateExtension:
		return createExtension(o)
	case *op.DropExtension:
		return called("DropExtension", text(o.Name.Name))
	case *op.CreateStatistic:
		out := called("CreateStatistics", name(o.Statistic.Name), name(o.Statistic.Table), text(o.Statistic.Definition))
		commented(out, o.Statistic.Comment)
		return out
	case *op.DropStatistic:
		return called("DropStatistics", name(o.Name))
	}
	return nil
}

func alterEnum(o *op.AlterEnum) *chain {
	switch {
	case o.Add != "":
		out := called("AddEnumValue", name(o.Name), text(o.Add))
		switch {
		case o.Before != "":
			out.with("Before", text(o.Before))
		case o.After != "":
			out.with("After", text(o.After))
		}
		return out
	case o.Rename != "":
		return called("RenameEnumValue", name(o.Name), text(o.Rename), text(o.To))
	}
	out := called("RemoveEnumValues", append([]node{name(o.Name)}, texts(o.Remove)...)...)
	if o.RenamedTo != "" {
		out.with("MaybeRenamedTo", text(o.RenamedTo))
	}
	return out
}

func createExtension(o *op.CreateExtension) *chain {
	out := called("CreateExtension", text(o.Extension.Name))
	if o.Extension.Schema != "" {
		out.with("Schema", text(o.Extension.Schema))
	}
	if o.Extension.Version != "" {
		out.with("Version", text(o.Extension.Version))
	}
	return out
}

// routineCall writes operations on views, functions and triggers.
func routineCall(operation op.Operation) *chain {
	switch o := operation.(type) {
	case *op.CreateView:
		return createView(o)
	case *op.DropView:
		out := called("DropView", name(o.Name))
		if o.Materialized {
			out.with("Materialized")
		}
		return out
	case *op.CreateFunction:
		return createFunction(o)
	case *op.DropFunction:
		if o.Routine == "procedure" {
			return called("DropProcedure", name(o.Name))
		}
		return called("DropFunction", name(o.Name))
	case *op.CreateTrigger:
		out := called("CreateTrigger", text(o.Trigger.Trigger), name(o.Trigger.Table), text(o.Trigger.Definition))
		if o.Replace {
			out.with("OrReplace")
		}
		if o.Trigger.Enabled != "" {
			out.with("Enabled", text(o.Trigger.Enabled))
		}
		optionCalls(out, o.Trigger.Options)
		commented(out, o.Trigger.Comment)
		dependent(out, o.Trigger.DependsOn)
		return out
	case *op.DropTrigger:
		return called("DropTrigger", text(o.Trigger), name(o.Table))
	}
	return nil
}

func createView(o *op.CreateView) *chain {
	out := called("CreateView", name(o.View.Name), text(o.View.Definition))
	if o.Replace {
		out.with("OrReplace")
	}
	if o.View.Materialized {
		out.with("Materialized")
	}
	if len(o.View.Columns) > 0 {
		out.with("Columns", texts(o.View.Columns)...)
	}
	optionCalls(out, o.View.Options)
	commented(out, o.View.Comment)
	dependent(out, o.View.DependsOn)
	return out
}

func createFunction(o *op.CreateFunction) *chain {
	out := called("CreateFunction", name(o.Function.Name), text(o.Function.Definition))
	if o.Replace {
		out.with("OrReplace")
	}
	switch o.Function.Kind {
	case "procedure":
		out.with("Procedure")
	case "aggregate":
		out.with("Aggregate")
	}
	optionCalls(out, o.Function.Options)
	commented(out, o.Function.Comment)
	dependent(out, o.Function.DependsOn)
	return out
}

// dependent names what an object uses: runs of whole relations, and runs of columns of one relation, in one call each.
func dependent(out *chain, list []schema.Dependency) {
	for i := 0; i < len(list); {
		end := i + 1
		if list[i].Column == "" {
			for end < len(list) && list[end].Column == "" {
				end++
			}
			relations := make([]node, 0, end-i)
			for _, dependency := range list[i:end] {
				relations = append(relations, name(dependency.Relation))
			}
			out.with("DependsOn", relations...)
		} else {
			args := []node{name(list[i].Relation), text(list[i].Column)}
			for ; end < len(list) && list[end].Column != "" && list[end].Relation == list[i].Relation; end++ {
				args = append(args, text(list[end].Column))
			}
			out.with("DependsOnColumns", args...)
		}
		i = end
	}
}

// dataCall writes data steps.
func dataCall(operation op.Operation) *chain {
	switch o := operation.(type) {
	case *op.Exec:
		args := []node{text(o.SQL)}
		for _, arg := range o.Args {
			args = append(args, literal{arg})
		}
		out := called("Exec", args...)
		if o.Known {
			out.with("NoSchemaChange")
		}
		if o.OutsideTransaction {
			out.with("OutsideTransaction")
		}
		return out
	case *op.Insert:
		return insert(o)
	case *op.Backfill:
		return backfill(o)
	case *op.Irreversible:
		return called("Irreversible", text(o.Reason))
	}
	return nil
}

func insert(o *op.Insert) *chain {
	out := called("Insert", name(o.Table))
	for _, row := range o.Rows {
		if len(row) != len(o.Columns) || !slices.IsSorted(o.Columns) {
			return nil
		}
		out.args = append(out.args, rowNode{o.Columns, row})
	}
	out.spread = len(o.Rows) > 1
	return out
}

func backfill(o *op.Backfill) *chain {
	if len(o.Set) == 0 {
		return nil
	}
	out := called("Backfill", name(o.Table), text(o.Set[0].Column), text(o.Set[0].Expr))
	for _, set := range o.Set[1:] {
		out.keyed("set "+set.Column, "Set", text(set.Column), text(set.Expr))
	}
	if o.Where != "" {
		out.with("Where", text(o.Where))
	}
	if len(o.Key) > 0 {
		out.with("Key", texts(o.Key)...)
	}
	if o.Batch != 0 || o.Pause != 0 {
		out.with("Batches", number(o.Batch), pause(o.Pause))
	}
	return out
}

// inTable gives the recorder's calls on a table their form inside BatchAlterTable: the name of the method, and which
// argument names the table.
var inTable = map[string]struct {
	name  string
	table int
}{
	"AddColumn": {"AddColumn", 0}, "DropColumn": {"DropColumn", 0}, "RenameColumn": {"RenameColumn", 0},
	"AlterColumn": {"AlterColumn", 0}, "AddConstraint": {"AddConstraint", 0}, "DropConstraint": {"DropConstraint", 0},
	"RenameConstraint": {"RenameConstraint", 0}, "CreateIndex": {"CreateIndex", 1}, "DropIndex": {"DropIndex", 1},
	"RenameIndex": {"RenameIndex", 0}, "CommentTable": {"Comment", 0}, "SetTableOption": {"SetOption", 0},
	"UnsetTableOption": {"UnsetOption", 0},
}

// batch writes changes of one table, or returns nil if a change has no form there.
func batch(dialect schema.Dialect, o *op.Batch) *chain {
	inside := &block{parameter: "t", of: "Table"}
	if o.Rebuild {
		inside.body = append(inside.body, statement{chain: &chain{receiver: "t", name: "Rebuild"}})
	}
	for _, operation := range o.Operations {
		line := recorderCall(dialect, operation).chain
		if line == nil {
			return nil
		}
		form, has := inTable[line.name]
		if !has || form.table >= len(line.args) || line.args[form.table] != node(name(o.Table)) {
			return nil
		}
		line.receiver, line.name, line.args = "t", form.name, slices.Delete(line.args, form.table, form.table+1)
		inside.body = append(inside.body, statement{chain: line})
	}
	return called("BatchAlterTable", name(o.Table), inside)
}
