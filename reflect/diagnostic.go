package reflect

import (
	"cmp"
	"fmt"
	"strings"
)

// Severity says how much a diagnostic matters.
type Severity string

// The severities. What would make SQL fail is no diagnostic but a [ModelError].
const (
	Info    Severity = "info"
	Warning Severity = "warning"
)

// Diagnostic is something about a model that its author probably did not mean.
type Diagnostic struct {
	ID       string   `json:"id"` // "autoincrement-without-effect"
	Severity Severity `json:"severity"`
	Model    string   `json:"model"`           // "models.User"
	Field    string   `json:"field,omitempty"` // "Address.Street"
	File     string   `json:"file,omitempty"`
	Line     int      `json:"line,omitempty"`
	Text     string   `json:"text"`    // what is the case
	WayOut   string   `json:"way_out"` // what to change
}

// The ids of diagnostics.
const (
	AutoincrementWithoutEffect = "autoincrement-without-effect"
	IdentityIgnored            = "identity-ignored"
	ValuerAsJSON               = "valuer-as-json"
	UUIDAsBytes                = "uuid-as-bytes"
	NoSQLType                  = "no-sql-type"
	RelationWithoutRel         = "relation-without-rel"
	UnknownTagOption           = "unknown-tag-option"
	OptionAsName               = "option-as-name"
	QuoteInTag                 = "quote-in-tag"
	BaseModelIgnored           = "base-model-ignored"
	EmbedIgnored               = "embed-ignored"
	TypeNotUnderstood          = "type-not-understood"
	RelationWithoutKey         = "relation-without-key"
	TargetNotUnique            = "target-not-unique"
	TargetNotReflected         = "target-not-reflected"
	Projection                 = "projection"
	NoColumns                  = "no-columns"
	NameCut                    = "name-cut"
	HookFailed                 = "hook-failed"
	HookStatement              = "hook-statement"
	IgnoredDeclaration         = "ignored-declaration"
	ScanonlyInKey              = "scanonly-in-key"
)

// String returns "models/user.go:12: models.User.ID: text: way out".
func (d Diagnostic) String() string {
	return message(d.File, d.Line, d.Model, d.Field, d.Text, d.WayOut)
}

func compareDiagnostics(a, b Diagnostic) int {
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Model, b.Model),
		cmp.Compare(a.Field, b.Field), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Text, b.Text))
}

// ModelError is a model that cannot be turned into a table.
type ModelError struct {
	Model  string `json:"model"`
	Field  string `json:"field,omitempty"`
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Text   string `json:"text"`
	WayOut string `json:"way_out,omitempty"`
	Cause  error  `json:"-"` // a [TagError], or what a panic carried
}

// Error returns "models/user.go:12: models.User.ID: text: way out".
func (e *ModelError) Error() string {
	return message(e.File, e.Line, e.Model, e.Field, e.Text, e.WayOut)
}

// Unwrap returns the cause.
func (e *ModelError) Unwrap() error { return e.Cause }

// ModelErrors is all that is wrong with the models, ordered by place.
type ModelErrors []*ModelError

// Error returns one line for each error.
func (e ModelErrors) Error() string {
	lines := make([]string, len(e))
	for i, one := range e {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the single errors, for errors.As.
func (e ModelErrors) Unwrap() []error {
	out := make([]error, len(e))
	for i, one := range e {
		out[i] = one
	}
	return out
}

// NoTablesError says that the models describe no table. An empty schema is never the answer: compared with a database, it
// would mean to drop all tables.
type NoTablesError struct {
	Models int // how many structs were read, none of which is a table
}

// Error says what to do.
func (e *NoTablesError) Error() string {
	if e.Models == 0 {
		return "there are no models: pass pointers to structs, such as (*User)(nil)"
	}
	return fmt.Sprintf("none of the %d models is a table: each has no columns or says ddl:\"-\" on its bun.BaseModel", e.Models)
}

func compareErrors(a, b *ModelError) int {
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Model, b.Model),
		cmp.Compare(a.Field, b.Field), cmp.Compare(a.Text, b.Text))
}

func message(file string, line int, model, field, text, wayOut string) string {
	var out strings.Builder
	if file != "" {
		fmt.Fprintf(&out, "%s:%d: ", file, line)
	}
	if model != "" {
		out.WriteString(model)
		if field != "" {
			out.WriteString("." + field)
		}
		out.WriteString(": ")
	}
	out.WriteString(text)
	if wayOut != "" {
		out.WriteString(": " + wayOut)
	}
	return out.String()
}
