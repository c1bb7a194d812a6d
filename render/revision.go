package render

import (
	"fmt"
	"go/token"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// RevisionFile is a revision as the generator knows it. Without engines it is an empty one, for steps that a person
// writes.
type RevisionFile struct {
	Package  string // "migrations" if empty
	Registry string // the variable of type *versions.Set, "Revisions" if empty
	ID       string
	Revises  []string
	// Labels, DependsOn and Replaces are as in versions.Revision.
	Labels, DependsOn, Replaces []string
	// Created is a time in RFC 3339, or empty.
	Created string
	Message string
	// Remarks are paragraphs that follow the message at the top of the comment.
	Remarks []string
	// Engines holds one plan for each dialect.
	Engines []EnginePlan
	// Header is text for the top of the file, such as a license or a build constraint.
	Header string
}

// Revision writes a revision file. The file is complete, formatted as gofmt does it, and records for each engine exactly
// the operations of its plan; that is checked before it is returned. Operations that have no form in Go source are an
// *[UnrenderableError].
func Revision(file RevisionFile) ([]byte, error) {
	if err := file.check(); err != nil {
		return nil, err
	}
	up, err := newDirection(file.Engines, upgradeOf, upgradeComments)
	if err != nil {
		return nil, err
	}
	down, err := newDirection(file.Engines, downgradeOf, func(EnginePlan, int) []string { return nil })
	if err != nil {
		return nil, err
	}
	upBody, downBody := up.body(), down.body()
	for _, plan := range file.Engines {
		for _, side := range []struct {
			name       string
			body       []statement
			operations []op.Operation
		}{{"upgrade", upBody, upgradeOf(plan)}, {"downgrade", downBody, downgradeOf(plan)}} {
			if reason := explainDifference(plan.Dialect, side.body, side.operations); reason != "" {
				return nil, fmt.Errorf("revision %s, %s on %s is not written truly: %s", file.ID, side.name, plan.Dialect, reason)
			}
		}
	}
	source, err := file.source(upBody, downBody, file.comment(up))
	if err != nil {
		return nil, fmt.Errorf("revision %s: %w", file.ID, err)
	}
	return source, nil
}

func upgradeOf(plan EnginePlan) []op.Operation { return plan.Upgrade }

func downgradeOf(plan EnginePlan) []op.Operation {
	if plan.Irreversible != "" {
		return []op.Operation{&op.Irreversible{Reason: plan.Irreversible}}
	}
	return plan.Downgrade
}

// check names what would make a file that does not compile.
func (f *RevisionFile) check() error {
	if f.Package == "" {
		f.Package = "migrations"
	}
	if f.Registry == "" {
		f.Registry = "Revisions"
	}
	if f.ID == "" {
		return fmt.Errorf("a revision needs an id")
	}
	if !token.IsIdentifier(f.Package) {
		return fmt.Errorf("revision %s: %q is no name for a Go package", f.ID, f.Package)
	}
	if !token.IsIdentifier(f.Registry) || slices.Contains([]string{"op", "schema", "versions", "time"}, f.Registry) {
		return fmt.Errorf("revision %s: %q is no name for the variable that holds the revisions", f.ID, f.Registry)
	}
	seen := map[schema.Dialect]bool{}
	for _, plan := range f.Engines {
		if _, known := dialectNames[plan.Dialect]; !known {
			return fmt.Errorf("revision %s: unknown dialect %q", f.ID, plan.Dialect)
		}
		if seen[plan.Dialect] {
			return fmt.Errorf("revision %s: there are two plans for %s", f.ID, plan.Dialect)
		}
		seen[plan.Dialect] = true
	}
	if err := CheckHeader(f.Header); err != nil {
		return fmt.Errorf("revision %s: %w", f.ID, err)
	}
	return nil
}

// CheckHeader returns an error if a header would make tools pass over the file.
func CheckHeader(header string) error {
	for line := range strings.SplitSeq(header, "\n") {
		if marksGenerated(line) {
			return fmt.Errorf("the header line %q would hide the file from review: tools skip what says it is generated", line)
		}
	}
	return nil
}

// source assembles the file.
func (f *RevisionFile) source(up, down []statement, comment []string) ([]byte, error) {
	out := jen.NewFile(f.Package)
	out.ImportName(opPath, "op")
	out.ImportName(schemaPath, "schema")
	out.ImportName(versionsPath, "versions")
	out.ImportName("time", "time")
	for _, line := range headerLines(f.Header) {
		out.HeaderComment(line)
	}
	for _, line := range comment {
		out.Comment(line)
	}
	fields := []jen.Code{jen.Line().Id("ID").Op(":").Lit(f.ID)}
	field := func(name string, value *jen.Statement) {
		fields = append(fields, jen.Line().Id(name).Op(":").Add(value))
	}
	if len(f.Revises) > 0 {
		field("Revises", jen.Qual(versionsPath, "After").Call(literals(f.Revises)...))
	}
	if len(f.Labels) > 0 {
		field("Labels", jen.Index().String().Values(literals(f.Labels)...))
	}
	if len(f.DependsOn) > 0 {
		field("DependsOn", jen.Index().String().Values(literals(f.DependsOn)...))
	}
	if len(f.Replaces) > 0 {
		field("Replaces", jen.Index().String().Values(literals(f.Replaces)...))
	}
	if f.Created != "" {
		field("Created", jen.Lit(f.Created))
	}
	if f.Message != "" {
		field("Message", jen.Lit(f.Message))
	}
	field("Upgrade", f.upgrade(up))
	field("Downgrade", f.downgrade(down))
	fields = append(fields, jen.Line())
	out.Func().Id("init").Params().Block(
		jen.Id(f.Registry).Dot("Add").Call(jen.Qual(versionsPath, "Revision").Values(fields...)),
	)
	return finish(out)
}

func literals(list []string) []jen.Code {
	out := make([]jen.Code, len(list))
	for i, item := range list {
		out[i] = jen.Lit(item)
	}
	return out
}

func (f *RevisionFile) upgrade(body []statement) *jen.Statement {
	if len(f.Engines) == 0 {
		body = []statement{{comments: dataStepHint}}
	}
	return recorderFunction(body)
}

func (f *RevisionFile) downgrade(body []statement) *jen.Statement {
	if reason, all := f.irreversible(); all {
		return jen.Qual(versionsPath, "Irreversible").Call(jen.Lit(reason))
	}
	if len(f.Engines) == 0 {
		body = []statement{{comments: []string{
			"// What takes the steps above back. If nothing can, write instead:",
			`//	Downgrade: versions.Irreversible("why")`,
		}}}
	}
	return recorderFunction(body)
}

// irreversible returns the reason if no engine has a way back, and all have the same reason for it.
func (f *RevisionFile) irreversible() (reason string, all bool) {
	for i, plan := range f.Engines {
		if plan.Irreversible == "" || i > 0 && plan.Irreversible != reason {
			return "", false
		}
		reason = plan.Irreversible
	}
	return reason, len(f.Engines) > 0
}

func recorderFunction(body []statement) *jen.Statement {
	return (&block{parameter: "m", of: "Migration", body: body}).code(8)
}

// dataStepHint is what stands in the upgrade of an empty revision.
var dataStepHint = []string{
	"// Steps run in their order, each revision in one transaction where the engine has them for DDL. For example:",
	`//	m.AddColumn("users", op.Column("plan", "text"))`,
	`//	m.Backfill("users", "plan", "'free'")                          in batches; can be interrupted and run again`,
	`//	m.Insert("plans", op.Row{"name": "free", "seats": 3})`,
	`//	m.Exec("UPDATE users SET plan = 'team' WHERE seats > 5")`,
	`//	m.Run("import plans", func(ctx context.Context, db bun.IDB) error { … })`,
	"// Models change with time and this file does not: name tables and columns here, not model types.",
}

// MigrationsPackage returns the file that is written once beside the first revision: the variable that holds them.
func MigrationsPackage(name string) []byte {
	return []byte(strings.ReplaceAll(migrationsPackage, "NAME", name))
}

const migrationsPackage = `// Package NAME holds the revisions of the database's schema, one file each.
//
// A new revision is written by
//
//	retort revision --autogenerate -m "what changes"
//
// which compares the models with the database, and read and edited by a person before it is committed. The program
// itself can bring a database up to date, without the tool:
//
//	err := versions.Upgrade(ctx, db, NAME.Revisions, "head", versions.Options{})
//
// Files of this package must not import the models: a revision says what the schema was like when it was written.
package NAME

import "github.com/retort-db/retort/versions"

// Revisions holds every revision of this package; each file adds its own.
var Revisions = &versions.Set{}
`
