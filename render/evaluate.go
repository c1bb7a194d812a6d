package render

import (
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// functions are the functions of package op that a revision file calls. Those that take a text or a text for each engine
// are there twice.
var functions = map[string]reflect.Value{
	"Column":           reflect.ValueOf(op.Column[string]),
	"Column perEngine": reflect.ValueOf(op.Column[op.PerEngine]),
	"Check":            reflect.ValueOf(op.Check[string]),
	"Check perEngine":  reflect.ValueOf(op.Check[op.PerEngine]),
	"PrimaryKey":       reflect.ValueOf(op.PrimaryKey),
	"Unique":           reflect.ValueOf(op.Unique),
	"ForeignKey":       reflect.ValueOf(op.ForeignKey),
	"Exclude":          reflect.ValueOf(op.Exclude),
	"Comment":          reflect.ValueOf(op.Comment),
	"Option":           reflect.ValueOf(op.Option),
	"PartitionBy":      reflect.ValueOf(op.PartitionBy),
	"PartitionOf":      reflect.ValueOf(op.PartitionOf),
	"Inherits":         reflect.ValueOf(op.Inherits),
	"Virtual":          reflect.ValueOf(op.Virtual),
	"Model":            reflect.ValueOf(op.Model),
	"Unmanaged":        reflect.ValueOf(op.Unmanaged),
	"Accepts":          reflect.ValueOf(op.Accepts),
	"On":               reflect.ValueOf(op.On),
	"Part":             reflect.ValueOf(op.Part),
	"Expr":             reflect.ValueOf(op.Expr),
}

// record carries statements out, as the compiled file would, and returns what they record for an engine.
func record(dialect schema.Dialect, body []statement) ([]op.Operation, error) {
	return op.Record(dialect, func(m *op.Migration) {
		(&block{body: body}).run(reflect.ValueOf(m))
	})
}

// run carries the lines out with the block's parameter.
func (b *block) run(parameter reflect.Value) {
	for _, line := range b.body {
		if line.chain != nil {
			line.chain.run(parameter)
		}
	}
}

func (c *chain) run(receiver reflect.Value) reflect.Value {
	var function reflect.Value
	if c.receiver == "" {
		name := c.name
		for _, arg := range c.args {
			if _, ok := arg.(perEngine); ok {
				name += " perEngine"
			}
		}
		function = functions[name]
	} else {
		function = receiver.MethodByName(c.name)
	}
	result := invoke(c.name, function, c.args)
	for _, link := range c.calls {
		result = invoke(link.name, result.MethodByName(link.name), link.args)
	}
	return result
}

// invoke calls a function and returns its first result. What does not fit panics, which op.Record turns into an error.
func invoke(name string, function reflect.Value, args []node) reflect.Value {
	if !function.IsValid() {
		panic("there is no " + name)
	}
	signature := function.Type()
	in := make([]reflect.Value, len(args))
	for i, arg := range args {
		var want reflect.Type
		if last := signature.NumIn() - 1; signature.IsVariadic() && i >= last {
			want = signature.In(last).Elem()
		} else {
			want = signature.In(i)
		}
		in[i] = arg.value(want)
	}
	out := function.Call(in)
	if len(out) == 0 {
		return reflect.Value{}
	}
	return out[0]
}

func (c *chain) value(reflect.Type) reflect.Value      { return c.run(reflect.Value{}) }
func (t text) value(want reflect.Type) reflect.Value   { return reflect.ValueOf(string(t)).Convert(want) }
func (n number) value(want reflect.Type) reflect.Value { return reflect.ValueOf(int(n)).Convert(want) }
func (p pause) value(want reflect.Type) reflect.Value  { return reflect.ValueOf(int64(p)).Convert(want) }
func (s symbol) value(want reflect.Type) reflect.Value {
	return reflect.ValueOf(s.constant).Convert(want)
}
func (p perEngine) value(want reflect.Type) reflect.Value { return reflect.ValueOf(p.texts) }

func (b *block) value(want reflect.Type) reflect.Value {
	return reflect.MakeFunc(want, func(args []reflect.Value) []reflect.Value {
		b.run(args[0])
		return nil
	})
}

// records reports whether statements record exactly the operation on an engine.
func records(dialect schema.Dialect, body []statement, operations ...op.Operation) bool {
	return explainDifference(dialect, body, operations) == ""
}

// explainDifference returns how what the statements record differs from the operations, or "".
func explainDifference(dialect schema.Dialect, body []statement, operations []op.Operation) string {
	recorded, err := record(dialect, body)
	if err != nil {
		return err.Error()
	}
	want, err := canonical(operations)
	if err != nil {
		return err.Error()
	}
	got, err := canonical(recorded)
	if err != nil {
		return err.Error()
	}
	if want != got {
		return fmt.Sprintf("the file would record %s instead of %s", got, want)
	}
	return ""
}

// canonical returns operations in the form in which they are compared.
func canonical(operations []op.Operation) (string, error) {
	declared := make(op.List, len(operations))
	for i, operation := range operations {
		declared[i] = declare(operation)
	}
	data, err := json.Marshal(declared)
	return string(data), err
}
