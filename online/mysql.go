package online

import (
	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/op"
)

// mysql marks operations, for package ddl to write the ALGORITHM and LOCK of the server's version, and says what has none.
type mysql struct{ *rewriter }

const whenQuiet = "run it while nobody writes to the table, or change a copy with a tool such as gh-ost"

func (m *mysql) operation(operation op.Operation) {
	switch o := operation.(type) {
	case *op.AddColumn:
		if m.splitsDefault(o) {
			m.change(fillDefault(o)...)
			if o.Column.NotNull {
				m.change(forbidNull(o.Table, o.Column.Name))
			}
			m.noteFilledDefault(o)
			return
		}
	case *op.AddConstraint:
		if o.PrimaryKey != nil && m.keyless[o.Table] {
			// The server drops and adds a primary key at once without a copy, and only so.
			m.emit(operation)
			m.note(Note{ID: NotOnline, Object: o.Table.String(), Blocks: true, Text: "the table is built anew for its other primary key", Way: whenQuiet})
			return
		}
	}
	clause, obstacle := ddl.MySQLOnline(m.server, m.state, operation)
	if clause == "" && obstacle == "" {
		m.emit(operation)
		return
	}
	m.change(operation)
	if clause != "" {
		m.note(Note{ID: OnlineAlgorithm, Object: subject(operation), Text: "the statement says " + clause + ", so that the server refuses it rather than block"})
		return
	}
	m.note(Note{ID: NotOnline, Object: subject(operation), Blocks: true, Text: obstacle, Way: whenQuiet})
}

// splitsDefault reports whether a new column blocks because of its default alone.
func (m *mysql) splitsDefault(add *op.AddColumn) bool {
	if add.Column.Default == "" {
		return false
	}
	whole, _ := ddl.MySQLOnline(m.server, m.state, add)
	bare, _ := ddl.MySQLOnline(m.server, m.state, withoutDefault(add))
	return whole == "" && bare != ""
}
