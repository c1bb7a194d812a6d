package diff

import (
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// Plan is what leads from the current schema to the target.
type Plan struct {
	// Operations in an order that runs. Empty if the schemas are equal.
	Operations []op.Operation
	// Reverse undoes them. It is nil, with Irreversible set, if one of them cannot be undone.
	Reverse      []op.Operation
	Irreversible string
	// Renames lists the pairs that were renamed (Certain) or look so.
	Renames []Rename
	// Findings is what a reviewer has to know, worst first.
	Findings []Finding
	// Foreign lists the objects of the current schema that were left alone since no revision made them.
	Foreign []Object
	// Uncertain lists the tables with differences that rest on text alone.
	Uncertain []schema.Name
	// NotCompared names what one of the sides has and this comparison does not cover, or could not read.
	NotCompared []string
}

// Empty reports whether the schemas are equal, as far as they were compared.
func (p *Plan) Empty() bool { return len(p.Operations) == 0 }

// Decisions returns the findings that need a decision before the plan can be applied.
func (p *Plan) Decisions() []Finding {
	var out []Finding
	for _, finding := range p.Findings {
		if finding.Severity == Decision {
			out = append(out, finding)
		}
	}
	return out
}

// Object names an object in words.
type Object struct {
	Kind string // "table", "column", "index" …
	Name string // "orders", "orders.total"
}

// Severity says how much a finding matters.
type Severity string

// The severities, worst first.
const (
	Decision Severity = "decision" // nothing can be applied before somebody decides
	Danger   Severity = "danger"   // data are lost, or running code breaks
	Warning  Severity = "warning"
	Info     Severity = "info"
)

// Finding is something that a reviewer has to know.
type Finding struct {
	ID       string // stable: "likely-rename", "not-null-without-value", "column-order" …
	Severity Severity
	Object   string // "users.phone"
	Text     string // what is the case
	Way      string // the way out
}

// Options steers a comparison. The zero value compares everything as text.
type Options struct {
	// Equality knows spellings that mean the same. Nil compares text.
	Equality Equality
	// Canonical holds tables of the target as the current database's server reads them back. It may hold only some.
	Canonical *schema.Schema
	// Owned is the schema that the revisions made. Nil: everything counts.
	Owned *schema.Schema
	// IncludeForeign treats foreign objects like owned ones.
	IncludeForeign bool
	// Ignore leaves tables out of the comparison on both sides, such as the version table.
	Ignore func(schema.Name) bool
	// Renames says what becomes of pairs that look like renames.
	Renames RenameMode
	// Intents are renames, or refusals of them, that the user stated.
	Intents []Intent
	// KeepRenamed keeps columns that are renamed, certainly or perhaps, as a drop and an addition without a flag, for a plan
	// that gives code time to change: [Plan.Renames] lists them, not applied. Columns that swap their names are renamed.
	KeepRenamed bool
	// ColumnOrder moves columns that stand elsewhere than in the target (MySQL alone can). Otherwise that is a finding.
	ColumnOrder bool
	// Backfill gives the SQL expression for existing rows of a column that becomes NOT NULL, by "table.column".
	Backfill map[string]string
}

// Equality tells whether two spellings certainly mean the same.
type Equality interface {
	EqualTypes(a, b string) bool
	EqualDefaults(columnType, a, b string) bool
	EqualExpressions(a, b string) bool
}

// RenameMode says what becomes of pairs that look like renames but are not certain.
type RenameMode string

// The modes.
const (
	// FlagRenames keeps drop and add, and flags the pair in the plan. It is the zero value's meaning.
	FlagRenames RenameMode = "flag"
	// AcceptRenames makes the likely ones renames.
	AcceptRenames RenameMode = "accept"
	// NeverRename keeps drop and add without a flag.
	NeverRename RenameMode = "never"
)

// Intent is a rename that the user stated, or ruled out.
type Intent struct {
	Table string // table of the column, by its new name if it is renamed too; "" for a rename of the table itself
	From  string // old name; "" with Never: nothing was renamed to To
	To    string
	Never bool
}

// Certainty is the class of a pair that may be a rename.
type Certainty string

// The classes, see [Rename.Score].
const (
	Certain  Certainty = "certain"  // stated by the user, or the same Go field
	Likely   Certainty = "likely"   // 0.80 and above, without a rival
	Possible Certainty = "possible" // 0.30 and above, or with a rival
)

// Rename is a pair of an object that went and one that came.
type Rename struct {
	Kind      string // "table", "column", "enum value"
	Table     schema.Name
	From, To  string
	Certainty Certainty
	Score     float64  // probability between 0 and 1
	Reasons   []string // "same type", "same place in models.User", "only candidate"
	// Applied says that the plan renames; otherwise it drops and adds.
	Applied bool
}
