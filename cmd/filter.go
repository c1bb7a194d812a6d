package cmd

import (
	"fmt"
	"path"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/retort-db/retort/cmd/internal/arguments"
	"github.com/retort-db/retort/schema"
)

// filterFlags narrow what a command looks at.
func filterFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringSliceFlag{Name: "schema", Usage: "a schema to read besides the default one, also for schemas of retort.yaml"},
		&cli.StringSliceFlag{Name: "only", Usage: "look only at objects whose name matches: a pattern such as sales.* or order_?"},
		&cli.StringSliceFlag{Name: "exclude", Usage: "leave out objects whose name matches a pattern"},
	}
}

// filter tells which objects the flags --only and --exclude let through.
type filter struct{ only, exclude []string }

func (i *invocation) filter() (filter, error) {
	f := filter{only: i.StringSlice("only"), exclude: i.StringSlice("exclude")}
	for _, pattern := range slices.Concat(f.only, f.exclude) {
		if _, err := path.Match(pattern, ""); err != nil {
			return f, &arguments.UsageError{Command: i.Command.Name, Text: fmt.Sprintf("%q is no pattern: %v", pattern, err)}
		}
	}
	return f, nil
}

// noteUnmatched names the patterns that no object of any schema has the name for: most are misspelled.
func (i *invocation) noteUnmatched(f filter, schemas ...*schema.Schema) {
	for _, flag := range []struct {
		name     string
		patterns []string
	}{{"--only", f.only}, {"--exclude", f.exclude}} {
		for _, pattern := range flag.patterns {
			alone := filter{only: []string{pattern}}
			if !slices.ContainsFunc(schemas, func(s *schema.Schema) bool { return alone.matchesAny(s) }) {
				i.note("warning: %s %s matches nothing", flag.name, pattern)
			}
		}
	}
}

// matchesAny reports whether any object of a schema is let through.
func (f filter) matchesAny(s *schema.Schema) bool {
	return anyPasses(f, &s.Tables) || anyPasses(f, &s.Views) || anyPasses(f, &s.Enums) || anyPasses(f, &s.Domains) || anyPasses(f, &s.Composites) ||
		anyPasses(f, &s.Sequences) || anyPasses(f, &s.Functions) || anyPasses(f, &s.Extensions)
}

func anyPasses[T schema.Object](f filter, objects *schema.Objects[T]) bool {
	for object := range objects.All() {
		if f.passes(object.ObjectName()) {
			return true
		}
	}
	return false
}

// passes reports whether an object is let through. A pattern without a dot also stands for the name alone.
func (f filter) passes(name schema.Name) bool {
	matches := func(pattern string) bool {
		whole, _ := path.Match(pattern, name.String())
		alone, _ := path.Match(pattern, name.Name)
		return whole || alone && name.Schema == ""
	}
	return (len(f.only) == 0 || slices.ContainsFunc(f.only, matches)) && !slices.ContainsFunc(f.exclude, matches)
}

// apply returns a copy with only what passes. Foreign keys to tables that are left out stay: they are part of their table.
func (f filter) apply(s *schema.Schema) *schema.Schema {
	if len(f.only) == 0 && len(f.exclude) == 0 {
		return s
	}
	out := s.Clone()
	out.Tables.Filter(func(t *schema.Table) bool { return f.passes(t.Name) })
	out.Enums.Filter(func(e *schema.Enum) bool { return f.passes(e.Name) })
	out.Domains.Filter(func(d *schema.Domain) bool { return f.passes(d.Name) })
	out.Composites.Filter(func(c *schema.Composite) bool { return f.passes(c.Name) })
	out.Sequences.Filter(func(q *schema.Sequence) bool { return f.passes(q.Name) })
	out.Views.Filter(func(v *schema.View) bool { return f.passes(v.Name) })
	out.Functions.Filter(func(q *schema.Function) bool { return f.passes(q.Name) })
	out.Statistics.Filter(func(q *schema.Statistic) bool { return f.passes(q.Table) })
	out.Triggers.Filter(func(t *schema.Trigger) bool { return f.passes(t.Table) })
	out.Extensions.Filter(func(e *schema.Extension) bool { return f.passes(e.ObjectName()) })
	return out
}
