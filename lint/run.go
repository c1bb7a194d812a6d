package lint

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// Run applies the rules to a revision. Findings come in the order of the operations, those of one operation with the worst
// first. An error says that the operations do not fit the schema before them, as an [*op.EffectError]; the findings up to
// there are returned with it.
func Run(in Input) ([]Finding, error) {
	r := &run{Input: in, state: in.Before.Clone(), created: map[schema.Name]bool{}}
	if r.state == nil {
		r.state = schema.New(in.Server)
	}
	r.state.Server = r.Server
	err := r.operations()
	if err == nil {
		r.at, r.place = nil, -1
		r.apply(func(rule *rule) { check(rule.revision, r) })
	}
	slices.SortStableFunc(r.findings, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(uint(a.Operation), uint(b.Operation)), // -1 comes last
			cmp.Compare(a.Severity.rank(), b.Severity.rank()),
			cmp.Compare(a.Rule, b.Rule),
			cmp.Compare(a.Object, b.Object),
		)
	})
	return r.findings, err
}

// rule is a rule with what finds it.
type rule struct {
	Rule
	// step looks at one operation, with the schema before it in r.state; steps of a batch come one by one.
	step func(r *run, operation op.Operation)
	// revision looks at the whole revision, with the schema after it.
	revision func(r *run)
}

func (rule *rule) covers(server schema.Server) bool {
	return slices.ContainsFunc(rule.Engines, func(engine Engine) bool {
		return engine.Dialect == server.Dialect && (engine.Flavor == "" || engine.Flavor == server.Flavor)
	})
}

// run is the state of one Run.
type run struct {
	Input
	// state is the schema before the operation at hand.
	state *schema.Schema
	// created holds the tables that the revision made: nobody waits for them, and they have no rows.
	created  map[schema.Name]bool
	at       *rule
	place    int
	findings []Finding
}

func (r *run) operations() error {
	for i, operation := range r.Upgrade {
		r.place = i
		steps := []op.Operation{operation}
		if batch, ok := operation.(*op.Batch); ok {
			steps = batch.Operations
		}
		for _, step := range steps {
			if err := r.step(step); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *run) step(operation op.Operation) error {
	r.apply(func(rule *rule) {
		if rule.step != nil {
			rule.step(r, operation)
		}
	})
	if err := operation.Apply(r.state); err != nil {
		return err
	}
	switch o := operation.(type) {
	case *op.CreateTable:
		r.created[o.Table.Name] = true
	case *op.RenameTable:
		r.created[o.To] = r.created[o.From]
	}
	return nil
}

func (r *run) apply(look func(*rule)) {
	for i := range rules {
		rule := &rules[i]
		if rule.covers(r.Server) && !slices.Contains(r.Ignore, rule.ID) {
			r.at = rule
			look(rule)
		}
	}
}

func check(look func(*run), r *run) {
	if look != nil {
		look(r)
	}
}

// find reports a finding of the rule at hand.
func (r *run) find(object, text, way string) *Finding {
	r.findings = append(r.findings, Finding{
		Rule: r.at.ID, Category: r.at.Category, Severity: r.at.Severity, Operation: r.place, Object: object, Text: text, Way: way,
	})
	return &r.findings[len(r.findings)-1]
}

// existing returns a table that was there before the revision, or nil.
func (r *run) existing(name schema.Name) *schema.Table {
	if r.created[name] {
		return nil
	}
	return r.state.Table(name)
}

// size describes how large a table is, where that is known: " (about 1,200,000 rows)".
func (r *run) size(table schema.Name) string {
	size, known := r.Sizes[table.String()]
	if !known {
		return ""
	}
	return fmt.Sprintf(" (about %s rows)", thousands(size.Rows))
}

// thousands writes a number with a comma before each group of three digits.
func thousands(n int64) string {
	if n < 0 {
		return "-" + thousands(-n)
	}
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}

func columnOf(table schema.Name, column string) string { return table.String() + "." + column }
