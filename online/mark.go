package online

import "github.com/retort-db/retort/op"

// marks reports whether changes of columns and constraints carry the mark that MySQL carries them out online.
func (r *rewriter) marks() bool { return r.options.Shared || r.server.Dialect == "mysql" }

// change emits changes of a table, with the mark where it is wanted.
func (r *rewriter) change(operations ...op.Operation) {
	for _, operation := range operations {
		if r.marks() {
			operation = marked(operation)
		}
		r.emit(operation)
	}
}

// marked returns the operation with the mark that it is carried out online, or the operation itself if it takes none.
func marked(operation op.Operation) op.Operation {
	switch o := operation.(type) {
	case *op.AddColumn:
		out := *o
		out.Online = true
		return &out
	case *op.DropColumn:
		out := *o
		out.Online = true
		return &out
	case *op.AlterColumn:
		out := *o
		out.Online = true
		return &out
	case *op.AddConstraint:
		out := *o
		out.Online = true
		return &out
	case *op.CreateIndex:
		return concurrent(o)
	case *op.DropIndex:
		out := *o
		out.Concurrently = true
		return &out
	}
	return operation
}

func concurrent(o *op.CreateIndex) *op.CreateIndex {
	out := *o
	out.Concurrently = true
	return &out
}
