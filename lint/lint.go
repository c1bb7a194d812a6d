package lint

import (
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// Category groups rules by what goes wrong.
type Category string

// The categories, in the order in which reports show them.
const (
	Destructive  Category = "destructive"  // data are lost
	Lock         Category = "lock"         // others wait for the statement, or it for them
	Rewrite      Category = "rewrite"      // the table is copied
	Scan         Category = "scan"         // the table is read from end to end under a lock
	Breaking     Category = "breaking"     // code that runs meanwhile fails
	Failing      Category = "failing"      // the step may fail on the rows that are there
	Irreversible Category = "irreversible" // the downgrade cannot restore what was
	Implicit     Category = "implicit"     // the engine does more, or less, than the operation says
	Naming       Category = "naming"       // a name that will surprise somebody
	Design       Category = "design"       // allowed, and often regretted
)

// Categories lists the categories in the order in which reports show them.
var Categories = []Category{Destructive, Lock, Rewrite, Scan, Breaking, Failing, Irreversible, Implicit, Naming, Design}

// Severity says how much a finding matters.
type Severity string

// The severities, worst first.
const (
	Danger  Severity = "danger"  // data are lost, or others stand still for as long as the table is large
	Warning Severity = "warning" // it may fail, or others are held up for a moment
	Info    Severity = "info"    // good to know
)

// Severities lists the severities, worst first.
var Severities = []Severity{Danger, Warning, Info}

// Worse reports whether s matters more than other.
func (s Severity) Worse(other Severity) bool { return s.rank() < other.rank() }

func (s Severity) rank() int {
	for i, known := range Severities {
		if s == known {
			return i
		}
	}
	return len(Severities)
}

// Input is one revision on one engine.
type Input struct {
	// Server is the server that the revision is to run on. A zero version stands for the oldest that Retort supports, so
	// that what is safe only on newer ones is reported.
	Server schema.Server
	// Before is the schema before the revision. Nil is an empty one. It is not changed.
	Before *schema.Schema
	// Upgrade and Downgrade are the operations of the revision as they are recorded for the engine.
	Upgrade, Downgrade []op.Operation
	// Irreversible says why there is no way back; empty if there is.
	Irreversible string
	// Sizes holds what is known of tables' sizes.
	Sizes Sizes
	// Project is what the project says about the rules.
	Project Project
	// File is the path of the revision's file, with slashes; empty if there is none yet.
	File string
}

// Sizes holds the sizes of tables, by [schema.Name.String] of the table's name.
type Sizes map[string]Size

// Size is about how large a table is.
type Size struct {
	Rows  int64 `json:"rows"`
	Bytes int64 `json:"bytes"` // with its indexes
}

// SmallTable is the number of rows up to which a table counts as small: to lock, scan or copy it takes a moment, and
// findings about that become Info. It applies only where a size is known.
const SmallTable = 10_000

// Finding is one thing that a reviewer should know.
type Finding struct {
	Rule     string   `json:"rule"` // the rule's id, "drop-column"
	Category Category `json:"category"`
	Severity Severity `json:"severity"`
	// Operation is the index in Input.Upgrade of the operation that it is about; -1 is the revision as a whole. The steps of
	// a batch share the batch's place.
	Operation int    `json:"operation"`
	Step      int    `json:"step,omitempty"` // index in the operations of the batch, if it is one
	Object    string `json:"object"`         // "users.phone"
	Text      string `json:"text"`           // what is the case, with names and numbers
	Way       string `json:"way,omitempty"`  // the next step
	Lock      string `json:"lock,omitempty"` // the engine's word for the lock, "ACCESS EXCLUSIVE"
	// Check is a query that returns the rows on which the step would fail, where one can be given.
	Check string `json:"check,omitempty"`
}

// Rule is one thing that is looked for.
type Rule struct {
	ID       string
	Category Category
	Severity Severity // of most of its findings
	Title    string   // a few words
	What     string   // what is reported
	Why      string   // what it does to whom
	Safe     string   // the safe way
	Engines  []Engine // where it applies
	Optional bool     // it is off unless the project asks for it
	// Bad is revision code that is reported, Good is code that does the same safely and is not. They are the statements in a
	// direction's function, with the tables of the documentation's example in place.
	Bad, Good string
}

// Engine is a product, with the versions that a rule applies to.
type Engine struct {
	Dialect  schema.Dialect
	Flavor   schema.Flavor
	Versions string // in words, "before 8.0.29"; "" is all
}

// Rules returns all rules, in the order of the documentation.
func Rules() []Rule {
	out := make([]Rule, len(rules))
	for i, rule := range rules {
		out[i] = rule.Rule
	}
	return out
}
