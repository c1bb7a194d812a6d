package render

import (
	"fmt"
	"slices"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// UnrenderableError says that an operation cannot be written as Go source.
type UnrenderableError struct {
	Operation string // described
	Reason    string
}

// Error names the operation and the reason.
func (e *UnrenderableError) Error() string {
	return fmt.Sprintf("cannot write %q to a revision file: %s", e.Operation, e.Reason)
}

// written is an operation of one engine as the call that records it.
type written struct {
	chain *chain
	// elements holds the keys of a CreateTable's elements.
	elements []string
}

// writeOperation returns the call that records an operation on an engine: the one that reads best if it records exactly
// that, and the operation's value handed to Do otherwise.
func writeOperation(dialect schema.Dialect, operation op.Operation) (written, error) {
	if err := checkOperation(operation); err != nil {
		return written{}, err
	}
	line := recorderCall(dialect, operation)
	if line.chain != nil && records(dialect, []statement{{chain: line.chain}}, operation) {
		return line, nil
	}
	do := called("Do", literal{declare(operation)})
	if reason := explainDifference(dialect, []statement{{chain: do}}, []op.Operation{operation}); reason != "" {
		return written{}, &UnrenderableError{Operation: operation.String(), Reason: reason}
	}
	return written{chain: do}, nil
}

// checkOperation refuses what has no form in Go source.
func checkOperation(operation op.Operation) error {
	refuse := func(reason string) error {
		return &UnrenderableError{Operation: operation.String(), Reason: reason}
	}
	switch o := operation.(type) {
	case *op.Run:
		return refuse("its function exists only in the program that recorded it; copy the step by hand")
	case *op.Unknown:
		return refuse("its type exists only in the program that recorded it; copy the step by hand")
	case *op.Exec:
		if o.Effect != nil {
			return refuse("its Changes function exists only in the program that recorded it; copy the step by hand")
		}
		for _, arg := range o.Args {
			if err := checkLiteral(arg); err != nil {
				return refuse(err.Error())
			}
		}
	case *op.Insert:
		for _, row := range o.Rows {
			for _, value := range row {
				if err := checkLiteral(value); err != nil {
					return refuse(err.Error())
				}
			}
		}
	case *op.Batch:
		for _, inner := range o.Operations {
			if err := checkOperation(inner); err != nil {
				return err
			}
		}
	}
	return nil
}

func called(name string, args ...node) *chain { return &chain{receiver: "m", name: name, args: args} }

func name(n schema.Name) text { return text(n.String()) }

// recorderCall returns the recorder's own call for an operation, or none.
func recorderCall(dialect schema.Dialect, operation op.Operation) written {
	switch o := operation.(type) {
	case *op.CreateTable:
		return createTable(dialect, o)
	case *op.Batch:
		return written{chain: batch(dialect, o)}
	}
	for _, write := range []func(op.Operation) *chain{tableCall, columnCall, constraintCall, indexCall, objectCall, routineCall, dataCall} {
		if out := write(operation); out != nil {
			return written{chain: out}
		}
	}
	return written{}
}

func createTable(dialect schema.Dialect, o *op.CreateTable) written {
	elements, keys := tableElements(dialect, o.Table)
	out := called("CreateTable", append([]node{name(o.Table.Name)}, elements...)...)
	out.spread = true
	if o.IfNotExists {
		out.with("IfNotExists")
	}
	return written{out, keys}
}

func tableCall(operation op.Operation) *chain {
	switch o := operation.(type) {
	case *op.DropTable:
		out := called("DropTable", name(o.Name))
		if o.IfExists {
			out.with("IfExists")
		}
		if o.RenamedTo != "" {
			out.with("MaybeRenamedTo", text(o.RenamedTo))
		}
		return out
	case *op.RenameTable:
		out := called("RenameTable", name(o.From), name(o.To))
		if o.Model != "" {
			out.with("Model", text(o.Model))
		}
		return out
	case *op.AlterTable:
		return alterTable(o)
	case *op.CreateNamespace:
		return called("CreateNamespace", text(o.Name))
	case *op.DropNamespace:
		return called("DropNamespace", text(o.Name))
	}
	return nil
}

func alterTable(o *op.AlterTable) *chain {
	switch {
	case o.Comment != nil && len(o.Set)+len(o.Unset) == 0:
		return called("CommentTable", name(o.Name), text(*o.Comment))
	case o.Comment == nil && len(o.Set) == 1 && len(o.Unset) == 0:
		return called("SetTableOption", name(o.Name), text(o.Set[0].Key), text(o.Set[0].Value))
	case o.Comment == nil && len(o.Set) == 0 && len(o.Unset) == 1:
		return called("UnsetTableOption", name(o.Name), text(o.Unset[0]))
	}
	out := called("AlterTable", name(o.Name))
	if o.Comment != nil {
		out.with("Comment", text(*o.Comment))
	}
	for _, option := range o.Set {
		out.keyed("set "+option.Key, "Set", text(option.Key), text(option.Value))
	}
	if len(o.Unset) > 0 {
		out.with("Unset", texts(o.Unset)...)
	}
	return out
}

func columnCall(operation op.Operation) *chain {
	switch o := operation.(type) {
	case *op.AddColumn:
		out := called("AddColumn", name(o.Table), columnElement(o.Column))
		positioned(out, o.Position)
		if o.IfNotExists {
			out.with("IfNotExists")
		}
		online(out, o.Online)
		return out
	case *op.DropColumn:
		out := called("DropColumn", name(o.Table), text(o.Name))
		if o.IfExists {
			out.with("IfExists")
		}
		if o.RenamedTo != "" {
			out.with("MaybeRenamedTo", text(o.RenamedTo))
		}
		online(out, o.Online)
		return out
	case *op.RenameColumn:
		out := called("RenameColumn", name(o.Table), text(o.From), text(o.To))
		if o.Field != "" {
			out.with("Field", text(o.Field))
		}
		return out
	case *op.AlterColumn:
		return alterColumn(o)
	}
	return nil
}

func positioned(out *chain, position op.Position) {
	switch {
	case position.First:
		out.keyed("position", "First")
	case position.After != "":
		out.keyed("position", "After", text(position.After))
	}
}

func alterColumn(o *op.AlterColumn) *chain {
	out := called("AlterColumn", name(o.Table), text(o.Name))
	for _, attribute := range o.Attributes {
		alterAttribute(out, &o.To, attribute)
	}
	if o.Using != "" {
		out.with("Using", text(o.Using))
	}
	positioned(out, o.Position)
	online(out, o.Online)
	return out
}

func online(out *chain, wanted bool) {
	if wanted {
		out.with("Online")
	}
}

func alterAttribute(out *chain, to *schema.Column, attribute op.Attribute) {
	switch attribute {
	case op.TypeAttribute:
		out.keyed("type", "Type", text(to.Type))
	case op.NotNullAttribute:
		if to.NotNull {
			out.keyed("not null", "NotNull")
		} else {
			out.keyed("not null", "Null")
		}
	case op.DefaultAttribute:
		if to.Default != "" {
			out.keyed("default", "Default", text(to.Default))
		} else {
			out.keyed("default", "NoDefault")
		}
	case op.GeneratedAttribute:
		if to.Generated == nil {
			out.keyed("generated", "NotGenerated")
		}
		generatedCall(out, to.Generated)
	case op.IdentityAttribute:
		if to.Identity == nil {
			out.keyed("identity", "NoIdentity")
		}
		identityCall(out, to.Identity)
	case op.CollationAttribute:
		out.with("Collate", text(to.Collation))
	case op.CharsetAttribute:
		out.with("Charset", text(to.Charset))
	case op.CommentAttribute:
		out.with("Comment", text(to.Comment))
	}
	if key, ok := attribute.OptionKey(); ok {
		if value, has := to.Options.Get(key); has {
			out.keyed("option "+key, "Option", text(key), text(value))
		} else {
			out.keyed("option "+key, "NoOption", text(key))
		}
	}
}

// constraintTypes are the constants of op.ConstraintType.
var constraintTypes = map[op.ConstraintType]string{
	op.PrimaryKeyConstraint: "PrimaryKeyConstraint", op.UniqueConstraint: "UniqueConstraint",
	op.ForeignKeyConstraint: "ForeignKeyConstraint", op.CheckConstraint: "CheckConstraint",
	op.ExclusionConstraint: "ExclusionConstraint",
}

func constraintType(of op.ConstraintType) node {
	if constant, known := constraintTypes[of]; known {
		return symbol{opPath, constant, of}
	}
	return text(of)
}

func constraintCall(operation op.Operation) *chain {
	switch o := operation.(type) {
	case *op.AddConstraint:
		out := called("AddConstraint", name(o.Table), constraintElement(o))
		if o.UsingIndex != "" {
			out.with("UsingIndex", text(o.UsingIndex))
		}
		online(out, o.Online)
		return out
	case *op.DropConstraint:
		out := called("DropConstraint", name(o.Table), constraintType(o.Type), text(o.Name))
		if o.IfExists {
			out.with("IfExists")
		}
		if o.Definition != nil {
			out.with("Like", constraintElement(o.Definition))
		}
		return out
	case *op.RenameConstraint:
		return called("RenameConstraint", name(o.Table), constraintType(o.Type), text(o.From), text(o.To))
	case *op.ValidateConstraint:
		return called("ValidateConstraint", name(o.Table), constraintType(o.Type), text(o.Name))
	}
	return nil
}

func indexCall(operation op.Operation) *chain {
	switch o := operation.(type) {
	case *op.CreateIndex:
		return createIndex(o)
	case *op.DropIndex:
		out := called("DropIndex", text(o.Name), name(o.Table))
		if o.Concurrently {
			out.with("Concurrently")
		}
		if o.IfExists {
			out.with("IfExists")
		}
		return out
	case *op.RenameIndex:
		return called("RenameIndex", name(o.Table), text(o.From), text(o.To))
	}
	return nil
}

func createIndex(o *op.CreateIndex) *chain {
	index := o.Index
	out := called("CreateIndex", text(index.Name), name(o.Table))
	if slices.EqualFunc(index.Parts, schema.Columns(index.Columns()...), func(a, b schema.IndexPart) bool { return a == b }) {
		out.args = append(out.args, texts(index.Columns())...)
	} else {
		out.with("Parts", parts(index.Parts)...)
	}
	if index.Unique {
		out.with("Unique")
	}
	if index.Method != "" {
		out.with("Using", text(index.Method))
	}
	included(out, index.Include)
	if index.NullsNotDistinct {
		out.with("NullsNotDistinct")
	}
	if index.Where != "" {
		out.with("Where", text(index.Where))
	}
	commented(out, index.Comment)
	optionCalls(out, index.Options)
	if index.Unmanaged {
		out.with("Unmanaged")
	}
	if o.Concurrently {
		out.with("Concurrently")
	}
	if o.IfNotExists {
		out.with("IfNotExists")
	}
	return out
}
