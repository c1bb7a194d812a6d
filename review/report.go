package review

import (
	"github.com/retort-db/retort/lint"
	"github.com/retort-db/retort/schema"
)

// Report is what a reviewer should know.
type Report struct {
	Verdict Verdict `json:"verdict"`
	Base    Base    `json:"base"`
	// Uncommitted lists files of revisions that are part of the report and of no commit.
	Uncommitted []string `json:"uncommitted,omitempty"`
	// Engines are the engines that the revisions are for, in the project's order.
	Engines []schema.Dialect `json:"engines"`
	// Troubles are about the branch as a whole.
	Troubles []Trouble `json:"troubles"`
	// Objects are what differs between before and after all revisions, sorted by kind and name; tables come first.
	Objects     []Object     `json:"objects"`
	Findings    []Finding    `json:"findings"` // worst first
	Allowed     []Finding    `json:"allowed"`  // by directives in the revisions
	Assumptions []Assumption `json:"assumptions"`
	Revisions   []Revision   `json:"revisions"` // in the order in which they run
	Diagram     Diagram      `json:"diagram"`
	// Sizes says where the sizes of tables come from, "PostgreSQL 15.18"; empty if there are none.
	Sizes string `json:"sizes,omitempty"`
}

// Base is what the branch is compared with.
type Base struct {
	Name   string `json:"name"`   // "origin/main"
	Commit string `json:"commit"` // where the branch left it
}

// Level is the verdict in a word.
type Level string

// The levels, worst first.
const (
	NeedsDecision Level = "decision"  // the revisions will not run before somebody decides
	Dangerous     Level = "danger"    // data or service may be lost
	Noteworthy    Level = "attention" // somebody should read the warnings
	Harmless      Level = "fine"
	Nothing       Level = "none" // the branch adds no revision
)

// Verdict is the report in a line.
type Verdict struct {
	Level Level `json:"level"`
	// Title says what there is, "2 revisions change 3 tables". Text says what to think of it, in one line.
	Title string `json:"title"`
	Text  string `json:"text"`
}

// Trouble is something about the branch that no single change shows.
type Trouble struct {
	ID       string        `json:"id"` // "several-heads", "edited-revision" …
	Severity lint.Severity `json:"severity"`
	Text     string        `json:"text"`
	Way      string        `json:"way,omitempty"`
	Place    Place         `json:"place,omitzero"`
}

// Place is a place in the repository.
type Place struct {
	File string `json:"file"`
	Line int    `json:"line,omitempty"`
	Name string `json:"name,omitempty"` // "models.User.Phone"
}

// Change is what became of something.
type Change string

// The changes.
const (
	Added    Change = "added"
	Dropped  Change = "dropped"
	Renamed  Change = "renamed" // perhaps changed as well
	Changed  Change = "changed"
	Replaced Change = "replaced" // dropped, and another one of the same name added
	Kept     Change = ""         // as it was
)

// Object is something that stands for itself and differs: a table with its parts, an enum, a view …
type Object struct {
	Kind   string `json:"kind"` // "table", "enum", "view" …
	Name   string `json:"name"`
	Was    string `json:"was,omitempty"` // the former name
	Change Change `json:"change"`
	// Engines is empty if all engines have the change.
	Engines []schema.Dialect `json:"engines,omitempty"`
	// Values holds the definition of what is not a table, and for a table its comment and options.
	Values []Value `json:"values,omitempty"`
	Parts  []Part  `json:"parts,omitempty"`
	// Unchanged is the number of columns, keys and indexes of a table that stay as they are.
	Unchanged int        `json:"unchanged,omitempty"`
	Origin    Place      `json:"origin,omitzero"`
	Size      *lint.Size `json:"size,omitempty"` // before
	Revisions []string   `json:"revisions"`      // that touch it
}

// Part is a column, key, constraint or index of a table.
type Part struct {
	Kind    string           `json:"kind"` // "column", "primary key", "foreign key", "index" …
	Name    string           `json:"name"` // may be empty
	Was     string           `json:"was,omitempty"`
	Change  Change           `json:"change"`
	Engines []schema.Dialect `json:"engines,omitempty"`
	Values  []Value          `json:"values"`
	Origin  Place            `json:"origin,omitzero"`
	// Note is what the reviewer should see beside it: "perhaps renamed to full_name (0.93)".
	Note string `json:"note,omitempty"`
}

// Value is a definition before and after, for the engines that write it so.
type Value struct {
	Engines []schema.Dialect `json:"engines,omitempty"` // empty: all that have the change
	Before  string           `json:"before,omitempty"`
	After   string           `json:"after,omitempty"`
}

// Finding is a hazard.
type Finding struct {
	lint.Finding
	Revision string           `json:"revision"`
	Engines  []schema.Dialect `json:"engines,omitempty"` // empty: all
	Place    Place            `json:"place"`             // in the revision
	Origin   Place            `json:"origin,omitzero"`   // in the models
}

// AssumptionKind says what was assumed.
type AssumptionKind string

// The kinds of assumptions.
const (
	UndecidedRename AssumptionKind = "undecided-rename" // a drop that is flagged
	RenameTaken     AssumptionKind = "rename"           // the revision renames
	RenameRefused   AssumptionKind = "no-rename"        // it drops and adds what looks like a rename
	Conversion      AssumptionKind = "conversion"       // an expression converts the values of a column
	Filling         AssumptionKind = "filling"          // existing rows get a value
)

// Assumption is something that the revision takes for granted and only a person can confirm.
type Assumption struct {
	Kind     AssumptionKind `json:"kind"`
	Revision string         `json:"revision"`
	Object   string         `json:"object"`       // "users.fullname"
	To       string         `json:"to,omitempty"` // "users.full_name"
	Text     string         `json:"text"`         // in a sentence
	// Score is the probability that a pair is a rename, 0 to 1, with the reasons for it; 0 where nothing was scored.
	Score   float64          `json:"score,omitempty"`
	Reasons []string         `json:"reasons,omitempty"`
	Engines []schema.Dialect `json:"engines,omitempty"`
	Place   Place            `json:"place,omitzero"`
}

// Revision is a revision that the branch adds.
type Revision struct {
	ID          string   `json:"id"`
	Message     string   `json:"message,omitempty"`
	Revises     []string `json:"revises"`
	DependsOn   []string `json:"depends_on,omitempty"`
	Place       Place    `json:"place"`
	Uncommitted bool     `json:"uncommitted,omitempty"`
	Steps       []Step   `json:"steps"`
	Scripts     []Script `json:"scripts"` // one for each engine
	Back        Back     `json:"back"`
	Deploy      Deploy   `json:"deploy"`
}

// Step is one operation in words.
type Step struct {
	Text    string           `json:"text"`
	Change  Change           `json:"change"`
	Engines []schema.Dialect `json:"engines,omitempty"`
	Place   Place            `json:"place,omitzero"`  // in the revision
	Origin  Place            `json:"origin,omitzero"` // in the models
}

// Script is the SQL of a revision on one engine.
type Script struct {
	Dialect   schema.Dialect `json:"dialect"`
	Product   string         `json:"product"` // "PostgreSQL"
	Upgrade   []Block        `json:"upgrade"`
	Downgrade []Block        `json:"downgrade,omitempty"`
	// Problem says why there is no SQL.
	Problem string `json:"problem,omitempty"`
}

// Block is what is committed at once.
type Block struct {
	// Transaction says that the statements share a transaction; otherwise there is one, which commits by itself.
	Transaction    bool     `json:"transaction"`
	ForeignKeysOff bool     `json:"foreign_keys_off,omitempty"` // SQLite
	Statements     []string `json:"statements"`                 // each closed, with what it does above it as a comment
}

// BackLevel says what a downgrade brings back.
type BackLevel string

// The levels of the way back, worst first.
const (
	BackNone   BackLevel = "none"   // there is no way back
	BackBroken BackLevel = "broken" // the downgrade does not restore the schema
	BackSchema BackLevel = "schema" // it restores the schema, and some data are gone
	BackWhole  BackLevel = "whole"
)

// Back is about the downgrade.
type Back struct {
	Level BackLevel `json:"level"`
	Text  string    `json:"text"`
	// Lost lists what the upgrade loses and no downgrade brings back; Discarded what the downgrade takes away again, with
	// what was written since.
	Lost      []string `json:"lost,omitempty"`
	Discarded []string `json:"discarded,omitempty"`
}

// When says when a revision can run, seen from the code that is deployed.
type When string

// The times.
const (
	AnyTime    When = "any"    // neither the old code nor the new one minds
	BeforeCode When = "before" // the new code needs it and the old one does not mind
	AfterCode  When = "after"  // the old code needs what goes
	SplitUp    When = "split"  // parts have to run before and parts after
	WithStop   When = "stop"   // some code fails at any time
)

// Deploy is the order of deployment.
type Deploy struct {
	When When   `json:"when"`
	Text string `json:"text"`
	// Before, After and Breaks hold the steps that ask for it.
	Before []string `json:"before,omitempty"`
	After  []string `json:"after,omitempty"`
	Breaks []string `json:"breaks,omitempty"`
}

// Diagram shows the tables that change, and those beside them, on one engine.
type Diagram struct {
	Dialect  schema.Dialect `json:"dialect,omitempty"`
	Entities []Entity       `json:"entities"` // sorted by name
	Edges    []Edge         `json:"edges"`
}

// Entity is a table of the diagram.
type Entity struct {
	Name   string  `json:"name"`
	Was    string  `json:"was,omitempty"`
	Change Change  `json:"change,omitempty"` // empty: a neighbour, whose columns are left out
	Fields []Field `json:"fields,omitempty"`
	More   int     `json:"more,omitempty"` // columns that are left out
	Origin Place   `json:"origin,omitzero"`
}

// Field is a column of the diagram.
type Field struct {
	Name   string   `json:"name"`
	Was    string   `json:"was,omitempty"`
	Type   string   `json:"type"`
	Change Change   `json:"change,omitempty"`
	Keys   []string `json:"keys,omitempty"` // "PK", "FK", "UK"
	Before string   `json:"before,omitempty"`
	After  string   `json:"after,omitempty"`
}

// Edge is a foreign key.
type Edge struct {
	From    string   `json:"from"` // the table that refers
	To      string   `json:"to"`
	Columns []string `json:"columns"`
	Change  Change   `json:"change,omitempty"` // added or dropped, or empty
	// One says that at most one row refers, Optional that a row may refer to none.
	One      bool `json:"one,omitempty"`
	Optional bool `json:"optional,omitempty"`
}
