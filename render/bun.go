package render

import (
	"fmt"
	"go/token"
	"regexp"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

const bunPath = "github.com/uptrace/bun"

// BunFile is a migration for bun's own migrator (github.com/uptrace/bun/migrate), as SQL of one engine.
type BunFile struct {
	Package  string // "migrations" if empty
	Registry string // the variable of type *migrate.Migrations, "Migrations" if empty
	Message  string
	Dialect  schema.Dialect
	Up, Down []ddl.Statement
	// Irreversible says why there is no way back; Down is not written then.
	Irreversible string
	Header       string
	// Plan is what Up and Down were compiled from, for the comment that tells a reviewer what changes. It may be nil.
	Plan *EnginePlan
}

// bunFileName is the form of the names from which bun reads a migration's id and comment: migrate.Migrations.Register looks
// at the file that called it.
var bunFileName = regexp.MustCompile(`^\d{1,14}_[0-9a-z_\-]+\.go$`)

// CheckBunFileName returns an error if bun's migrator cannot read an id from a file name.
func CheckBunFileName(name string) error {
	if !bunFileName.MatchString(name) {
		return fmt.Errorf("bun cannot read a migration's id from the file name %q: it has to be 1 to 14 digits, \"_\", and lower-case letters, digits, \"_\" or \"-\"", name)
	}
	return nil
}

// Bun writes a migration file for bun's own migrator. Each run of statements that may share a transaction is one; on MySQL,
// where each statement of DDL commits, there is none. A backfill is one UPDATE. Another step in Go, which exists only in the
// program that recorded it, is an *[UnrenderableError].
func Bun(file BunFile) ([]byte, error) {
	if file.Package == "" {
		file.Package = "migrations"
	}
	if file.Registry == "" {
		file.Registry = "Migrations"
	}
	if !token.IsIdentifier(file.Package) || !token.IsIdentifier(file.Registry) {
		return nil, fmt.Errorf("%q and %q have to be names of a Go package and a variable", file.Package, file.Registry)
	}
	if err := CheckHeader(file.Header); err != nil {
		return nil, err
	}
	comment, err := file.comment()
	if err != nil {
		return nil, err
	}
	up, err := file.function(file.Up)
	if err != nil {
		return nil, err
	}
	down, err := file.function(file.Down)
	if err != nil {
		return nil, err
	}
	if file.Irreversible != "" {
		down = bunFunction([]jen.Code{jen.Return(jen.Qual("errors", "New").Call(jen.Lit("there is no way back: " + file.Irreversible)))})
	}
	out := jen.NewFile(file.Package)
	out.ImportName(bunPath, "bun")
	for _, line := range headerLines(file.Header) {
		out.HeaderComment(line)
	}
	for _, line := range comment {
		out.Comment(line)
	}
	out.Comment("//")
	out.Comment("// bun takes the migration's id from the name of this file: it must keep its digits.")
	out.Func().Id("init").Params().Block(
		jen.Id(file.Registry).Dot("MustRegister").Call(jen.Line().Add(up), jen.Line().Add(down), jen.Line()),
	)
	return finish(out)
}

// comment says what changes, as that of a revision does.
func (f BunFile) comment() ([]string, error) {
	if f.Plan == nil {
		return prose(sentence(f.Message)), nil
	}
	plans := []EnginePlan{*f.Plan}
	up, err := newDirection(plans, upgradeOf, upgradeComments)
	if err != nil {
		return nil, err
	}
	return (&RevisionFile{Message: f.Message, Engines: plans}).comment(up), nil
}

func bunFunction(body []jen.Code) *jen.Statement {
	return jen.Func().Params(jen.Id("ctx").Qual("context", "Context"), jen.Id("db").Op("*").Qual(bunPath, "DB")).Error().Block(body...)
}

// function writes one direction.
func (f BunFile) function(statements []ddl.Statement) (*jen.Statement, error) {
	var body []jen.Code
	for _, group := range f.transactions(f.written(statements)) {
		codes, err := f.group(group)
		if err != nil {
			return nil, err
		}
		body = append(body, codes...)
	}
	return bunFunction(append(body, jen.Return(jen.Nil()))), nil
}

// written returns the statements with backfills as SQL.
func (f BunFile) written(statements []ddl.Statement) []ddl.Statement {
	out := make([]ddl.Statement, len(statements))
	for i, statement := range statements {
		if backfill, ok := statement.Operation.(*op.Backfill); ok && statement.Run != nil {
			statement.Run, statement.SQL = nil, ddl.BackfillAtOnce(f.Dialect, backfill)
		}
		out[i] = statement
	}
	return out
}

// transactions splits statements into runs that share a transaction, and those that stand alone.
func (f BunFile) transactions(statements []ddl.Statement) [][]ddl.Statement {
	alone := func(s ddl.Statement) bool { return s.OutsideTransaction || f.Dialect == schema.MySQL }
	var out [][]ddl.Statement
	for i, statement := range statements {
		if i > 0 && !alone(statement) && !alone(statements[i-1]) {
			out[len(out)-1] = append(out[len(out)-1], statement)
			continue
		}
		out = append(out, []ddl.Statement{statement})
	}
	return out
}

// group writes statements that share a transaction, or one that stands alone.
func (f BunFile) group(statements []ddl.Statement) ([]jen.Code, error) {
	inTransaction := !statements[0].OutsideTransaction && f.Dialect != schema.MySQL
	runner := "db"
	if inTransaction {
		runner = "tx"
	}
	var lines []jen.Code
	foreignKeysOff := false
	for _, statement := range statements {
		if statement.SQL == "" {
			what := statement.Describe
			if statement.Operation != nil {
				what = statement.Operation.String()
			}
			return nil, &UnrenderableError{Operation: what, Reason: "it is a step in Go; copy it into bun's migration by hand"}
		}
		foreignKeysOff = foreignKeysOff || statement.ForeignKeysOff
		lines = append(lines, bunStatement(runner, statement)...)
	}
	if !inTransaction {
		return lines, nil
	}
	if foreignKeysOff {
		return rebuildTransaction(lines), nil
	}
	return []jen.Code{failing(inTx(jen.Id("db"), append(lines, jen.Return(jen.Nil()))))}, nil
}

func inTx(on *jen.Statement, body []jen.Code) *jen.Statement {
	return on.Dot("RunInTx").Call(jen.Id("ctx"), jen.Nil(), jen.Func().Params(
		jen.Id("ctx").Qual("context", "Context"), jen.Id("tx").Qual(bunPath, "Tx"),
	).Error().Block(body...))
}

// failing returns the error of a call.
func failing(call *jen.Statement) jen.Code {
	return jen.If(jen.Err().Op(":=").Add(call), jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Err()))
}

// bunStatement runs one statement by the driver's own Exec, so that bun does not take a question mark for a parameter.
func bunStatement(runner string, statement ddl.Statement) []jen.Code {
	var lines []jen.Code
	if statement.Describe != "" {
		for _, line := range prose(printable(statement.Describe)) {
			lines = append(lines, jen.Comment(line))
		}
	}
	direct := jen.Id(runner)
	if runner == "db" {
		direct = direct.Dot("DB")
	} else {
		direct = direct.Dot("Tx")
	}
	args := []jen.Code{jen.Id("ctx"), text(statement.SQL).code(16)}
	for _, arg := range statement.Args {
		args = append(args, literal{arg}.code(16))
	}
	if statement.Guard == "" {
		return append(lines, jen.If(jen.List(jen.Id("_"), jen.Err()).Op(":=").Add(direct).Dot("ExecContext").Call(args...), jen.Err().Op("!=").Nil()).
			Block(jen.Return(jen.Err())))
	}
	message := jen.Qual("errors", "New").Call(text(statement.Guard).code(16))
	if strings.Contains(statement.Guard, "%v") {
		message = jen.Qual("fmt", "Errorf").Call(text(statement.Guard).code(16), jen.Id("found"))
	}
	return append(lines, jen.Block(
		jen.Var().Id("found").Any(),
		jen.Err().Op(":=").Add(direct).Dot("QueryRowContext").Call(args...).Dot("Scan").Call(jen.Op("&").Id("found")),
		jen.If(jen.Err().Op("==").Nil()).Block(jen.Return(message)),
		jen.If(jen.Op("!").Qual("errors", "Is").Call(jen.Err(), jen.Qual("database/sql", "ErrNoRows"))).Block(jen.Return(jen.Err())),
	))
}

// rebuildTransaction runs statements on a connection whose foreign keys are off, and checks them before the commit (SQLite:
// the pragma does nothing inside a transaction).
func rebuildTransaction(lines []jen.Code) []jen.Code {
	check := bunStatement("tx", ddl.Statement{SQL: `SELECT "table" FROM pragma_foreign_key_check`, Guard: "rows of %v refer to nothing"})
	body := append(append(append([]jen.Code{}, lines...), check...), jen.Return(jen.Nil()))
	pragma := func(sql string) *jen.Statement {
		return jen.Id("conn").Dot("Conn").Dot("ExecContext").Call(jen.Id("ctx"), jen.Lit(sql))
	}
	return []jen.Code{
		failing(jen.Func().Params().Error().Block(
			jen.List(jen.Id("conn"), jen.Err()).Op(":=").Id("db").Dot("Conn").Call(jen.Id("ctx")),
			jen.If(jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Err())),
			jen.Defer().Id("conn").Dot("Close").Call(),
			jen.Var().Id("enforced").Int(),
			failing(jen.Id("conn").Dot("Conn").Dot("QueryRowContext").Call(jen.Id("ctx"), jen.Lit("PRAGMA foreign_keys")).Dot("Scan").Call(jen.Op("&").Id("enforced"))),
			jen.If(jen.List(jen.Id("_"), jen.Err()).Op(":=").Add(pragma("PRAGMA foreign_keys=OFF")), jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Err())),
			jen.Defer().Id("conn").Dot("Conn").Dot("ExecContext").Call(
				jen.Qual("context", "WithoutCancel").Call(jen.Id("ctx")),
				jen.Qual("fmt", "Sprintf").Call(jen.Lit("PRAGMA foreign_keys=%d"), jen.Id("enforced"))),
			jen.Return(inTx(jen.Id("conn"), body)),
		).Call()),
	}
}
