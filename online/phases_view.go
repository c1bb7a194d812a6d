package online

import (
	"strings"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// oldNames leaves a view with the old name of each renamed table behind, for the code before: at the end of the first part,
// when the table is as it will be, until the begin of the second. Such a view takes INSERT, UPDATE and DELETE, too, on
// PostgreSQL and MySQL. SQLite's views are for reading.
func (s *splitter) oldNames() {
	for _, rename := range s.renamed {
		s.oldName(rename)
	}
}

func (s *splitter) oldName(rename *op.RenameTable) {
	text := "the table is renamed at once, and code knows one of the names"
	table := s.expanded.Table(rename.To)
	_, taken := s.expanded.Views.Get(rename.From)
	switch {
	case s.before.Server.Dialect == schema.SQLite:
		s.note(PhasesRename, rename.From.String(), text, "SQLite's views take no writes without triggers: deploy while nobody uses the table")
		return
	case table == nil || taken || s.expanded.Table(rename.From) != nil:
		s.note(PhasesRename, rename.From.String(), text, "the old name is taken: deploy while nobody uses the table")
		return
	}
	dialect := s.before.Server.Dialect
	view := &op.CreateView{View: &schema.View{
		Name: rename.From, Definition: "SELECT " + strings.Join(s.oldColumns(rename, table), ", ") + " FROM " + ddl.QuoteName(dialect, rename.To),
		DependsOn: []schema.Dependency{{Relation: rename.To}},
	}}
	s.expand(view)
	s.first = append(s.first, &op.DropView{Name: rename.From})
	s.note(PhasesView, rename.From.String(), "the old name stays as a view, through which the code before reads and writes, until the second part drops it",
		"roles other than the owner need rights on the view; grant them in the first part")
}

// oldColumns are the columns of the table before the plan that are still there, under the names that the code before knows.
func (s *splitter) oldColumns(rename *op.RenameTable, now *schema.Table) []string {
	quote := func(name string) string { return ddl.Quote(s.before.Server.Dialect, name) }
	var out []string
	old := s.before.Table(rename.From)
	if old == nil {
		old = now
	}
	for _, column := range old.Columns {
		name := column.Name
		if to, renamed := s.columnNames[object(rename.To, name)]; renamed {
			name = to
		}
		switch {
		case now.Column(name) == nil:
		case name == column.Name:
			out = append(out, quote(name))
		default:
			out = append(out, quote(name)+" AS "+quote(column.Name))
		}
	}
	return out
}
