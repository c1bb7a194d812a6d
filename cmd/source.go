package cmd

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/retort-db/retort/autogen"
	"github.com/retort-db/retort/cmd/internal/arguments"
	"github.com/retort-db/retort/cmd/internal/process"
	"github.com/retort-db/retort/cmd/internal/protocol"
	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/diff"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

const sourceUsage = "models, migrations, migrations@REVISION, database, a database URL, or a file of SQL"

// source is where a schema comes from.
type source struct {
	kind string // "models", "migrations", "database" or "file"
	text string // revision, URL or path
}

func parseSource(text string) (source, error) {
	name, revision, _ := strings.Cut(text, "@")
	switch {
	case text == "models", text == "database":
		return source{kind: text}, nil
	case name == "migrations":
		return source{kind: name, text: revision}, nil
	case strings.HasSuffix(text, ".sql"):
		return source{kind: "file", text: text}, nil
	}
	if _, err := introspect.DialectOf(text); err != nil {
		return source{}, fmt.Errorf("%q is no source of a schema: use %s", introspect.MaskURL(text), sourceUsage)
	}
	return source{kind: "database", text: text}, nil
}

// sources reads schemas for one dialect. Databases stay open until it is closed.
type sources struct {
	*invocation
	dialect schema.Dialect
	// database is the one that lends scratch space and decides about spellings; nil if none is at hand.
	database *introspect.Database
	opened   []*introspect.Database
	built    *project
}

func (s *sources) close() {
	for _, database := range s.opened {
		database.Close()
	}
}

// connect opens the databases among the sources, which settle the dialect.
func (s *sources) connect(list ...source) ([]*introspect.Database, error) {
	databases := make([]*introspect.Database, len(list))
	for n, one := range list {
		if one.kind != "database" {
			continue
		}
		database, err := s.openSource(one)
		if err != nil {
			return nil, err
		}
		s.opened = append(s.opened, database)
		if s.database != nil && s.database.Dialect != database.Dialect {
			return nil, fmt.Errorf("cannot compare a database of %s with one of %s", s.database.Dialect, database.Dialect)
		}
		databases[n], s.database, s.dialect = database, database, database.Dialect
	}
	if s.database != nil {
		return databases, nil
	}
	return databases, s.chooseDialect(list)
}

func (s *sources) openSource(one source) (*introspect.Database, error) {
	if one.text == "" {
		return s.open()
	}
	return introspect.Open(s.ctx, one.text)
}

// chooseDialect settles the dialect where no source is a database. A file of SQL needs a server.
func (s *sources) chooseDialect(list []source) error {
	if name := s.String("dialect"); name != "" {
		dialect, err := schema.ParseDialect(name)
		if err != nil {
			return &arguments.UsageError{Command: s.Command.Name, Text: err.Error()}
		}
		s.dialect = dialect
	} else {
		dialects, err := s.dialects()
		if err != nil {
			return err
		}
		if len(dialects) > 1 {
			return &arguments.UsageError{Command: s.Command.Name, Text: fmt.Sprintf("the project has several engines (%s): say which with --dialect", joinDialects(dialects))}
		}
		s.dialect = dialects[0]
	}
	for _, one := range list {
		if one.kind != "file" {
			continue
		}
		database, err := s.scratchServer()
		if err != nil {
			return err
		}
		s.database = database
		s.opened = append(s.opened, database)
	}
	return nil
}

// scratchServer is the server in which a file of SQL is tried.
func (s *sources) scratchServer() (*introspect.Database, error) {
	if s.dialect == schema.SQLite {
		return introspect.Open(s.ctx, ":memory:")
	}
	database, err := s.open()
	if err != nil {
		return nil, fmt.Errorf("a file of SQL is read with the help of a %s server: %w", s.dialect, err)
	}
	if database.Dialect != s.dialect {
		database.Close()
		return nil, fmt.Errorf("a file of SQL is read with the help of a %s server, and the configured one is of %s: name one with --url", s.dialect, database.Dialect)
	}
	return database, nil
}

// read reads one source. Declared says that its texts are as people wrote them, not as a server reads them back.
func (s *sources) read(one source, database *introspect.Database) (read *schema.Schema, declared bool, err error) {
	switch one.kind {
	case "database":
		read, err = introspect.Read(s.ctx, database, database.Dialect, introspect.Options{Namespaces: s.config.Schemas})
		return read, false, err
	case "file":
		read, err = s.file(one.text)
		return read, false, err
	}
	read, err = s.code(one)
	return read, true, err
}

func (s *sources) code(one source) (*schema.Schema, error) {
	need := revisionsOnly
	request := protocol.LoadRequest{}
	if one.kind == "models" {
		need, request.Models = modelsAndRevisions, true
	} else {
		upTo := []string{}
		if one.text != "" {
			upTo = []string{one.text}
		}
		request.Replay = &upTo
	}
	var err error
	if s.built == nil || need == modelsAndRevisions && s.built.discovered == nil {
		if s.built, err = s.build(need, []schema.Dialect{s.dialect}); err != nil {
			return nil, err
		}
	}
	server, namespace := schema.Server{Dialect: s.dialect}, ""
	if s.database != nil {
		if server, err = introspect.ServerOf(s.ctx, s.database, s.dialect); err != nil {
			return nil, err
		}
	}
	request.Dialects = []protocol.DialectOptions{{Dialect: s.dialect, Reflect: s.reflectOptions(s.built, server, namespace)}}
	loaded, err := s.load(s.built, request)
	if err != nil {
		return nil, err
	}
	if one.kind == "models" {
		s.warn(loaded)
		return loaded.Dialects[0].Models, nil
	}
	if steps := opaqueSteps(comparison{opaque: loaded.Dialects[0].Opaque}); len(steps) > 0 {
		return nil, &OpaqueError{Steps: steps}
	}
	return loaded.Dialects[0].Replayed, nil
}

// file runs a file of SQL in scratch space and reads what it made.
func (s *sources) file(path string) (*schema.Schema, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return s.inScratch(func(scratch *introspect.Scratch) error {
		if strings.TrimSpace(string(text)) == "" {
			return nil
		}
		if _, err := scratch.Conn.ExecContext(s.ctx, string(text)); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		return nil
	})
}

func (s *sources) inScratch(fill func(*introspect.Scratch) error) (*schema.Schema, error) {
	options, err := s.scratch()
	if err != nil {
		return nil, err
	}
	var read *schema.Schema
	err = introspect.WithScratch(s.ctx, s.database.DB, s.dialect, options, func(scratch *introspect.Scratch) error {
		if err := fill(scratch); err != nil {
			return err
		}
		var err error
		read, err = scratch.Read(s.ctx)
		return err
	})
	return read, err
}

// canonical has the server read a declared schema back. Where it lends no scratch space the schema stays as it is.
func (s *sources) canonical(declared *schema.Schema) (*schema.Schema, error) {
	read, err := s.inScratch(func(scratch *introspect.Scratch) error {
		statements, err := ddl.Create(scratch.Server, declared)
		if err != nil {
			return err
		}
		for _, statement := range statements {
			if _, err := scratch.Conn.ExecContext(s.ctx, statement.SQL, statement.Args...); err != nil {
				return &autogen.TableError{Server: scratch.Server, Statement: statement.SQL, Cause: err}
			}
		}
		return nil
	})
	var none *introspect.NoScratchError
	if errors.As(err, &none) {
		s.note("unconfirmed: %s", none)
		return declared, nil
	}
	return read, err
}

func (p *program) diffCommand() *cli.Command {
	return &cli.Command{
		Name: "diff", Category: "review", Usage: "show what leads from one schema to another", ArgsUsage: "FROM TO   (" + sourceUsage + ")",
		Flags: withFormat(&cli.BoolFlag{Name: "sql", Usage: "print SQL"},
			&cli.StringFlag{Name: "dialect", Usage: "the engine, if no source is a database and the configuration names several"},
			&cli.StringFlag{Name: "renames", Value: "flag", Usage: "what becomes of likely renames: flag, accept or never"}),
		Action: p.action(arity{2, 2}, (*invocation).diff),
	}
}

func (i *invocation) diff() error {
	from, err := parseSource(i.Args().Get(0))
	if err != nil {
		return err
	}
	to, err := parseSource(i.Args().Get(1))
	if err != nil {
		return err
	}
	options, err := i.diffOptions()
	if err != nil {
		return err
	}
	s := &sources{invocation: i}
	defer s.close()
	databases, err := s.connect(from, to)
	if err != nil {
		return err
	}
	target, _, err := s.read(to, databases[1])
	if err != nil {
		return err
	}
	current, declared, err := s.read(from, databases[0])
	if err != nil {
		return err
	}
	if declared && s.database != nil {
		if current, err = s.canonical(current); err != nil {
			return err
		}
	}
	result, err := autogen.Run(i.ctx, autogen.Input{Current: current, Target: target, Database: s.database, Diff: options, NoProof: true})
	if err != nil {
		return err
	}
	return i.answerDiff(comparison{dialect: s.dialect, current: current, target: target, result: result, live: s.database != nil})
}

func (i *invocation) answerDiff(found comparison) error {
	plan := found.result.Plan
	script, err := sqlOf(found.current, plan.Operations)
	if err != nil && i.Bool("sql") {
		return err
	}
	answer := struct {
		engineAnswer
		SQL string `json:"sql,omitempty"`
	}{answersOf([]comparison{found})[0], script}
	err = i.answer(answer, func(w io.Writer) error {
		if i.Bool("sql") {
			_, err := io.WriteString(w, script)
			return err
		}
		return writeChanges(w, i.style(w), answer.Changes)
	})
	if err != nil {
		return err
	}
	i.notes([]comparison{found})
	if plan.Empty() {
		return nil
	}
	return &outcome{code: exitDifferences}
}

// sqlOf writes operations as a script.
func sqlOf(before *schema.Schema, operations []op.Operation) (string, error) {
	statements, err := ddl.Compile(before.Server, before, operations)
	if err != nil {
		return "", err
	}
	return scriptOf(statements), nil
}

func scriptOf(statements []ddl.Statement) string {
	var out strings.Builder
	for _, statement := range statements {
		if statement.Describe != "" {
			fmt.Fprintf(&out, "-- %s\n", strings.ReplaceAll(statement.Describe, "\n", "\n-- "))
		}
		if statement.SQL != "" && statement.Guard == "" {
			fmt.Fprintf(&out, "%s;\n", statement.SQL)
		}
	}
	return out.String()
}

func (p *program) inspectCommand() *cli.Command {
	return &cli.Command{
		Name: "inspect", Category: "review", Usage: "show the schema of a database, or of another source, as SQL or JSON", ArgsUsage: "[SOURCE]   (" + sourceUsage + ")",
		Flags:  withFormat(&cli.StringFlag{Name: "dialect", Usage: "the engine, if the source is no database and the configuration names several"}),
		Action: p.action(arity{0, 1}, (*invocation).inspect),
	}
}

func (i *invocation) inspect() error {
	wanted := source{kind: "database"}
	if i.Args().Present() {
		var err error
		if wanted, err = parseSource(i.Args().First()); err != nil {
			return err
		}
	}
	s := &sources{invocation: i}
	defer s.close()
	databases, err := s.connect(wanted)
	if err != nil {
		return err
	}
	read, _, err := s.read(wanted, databases[0])
	if err != nil {
		return err
	}
	for _, problem := range read.Problems {
		i.note("warning: %s could not be read: %s", problem.Object, problem.Reason)
	}
	return i.answer(read, func(w io.Writer) error {
		statements, err := ddl.Create(read.Server, read)
		if err != nil {
			return err
		}
		_, err = io.WriteString(w, scriptOf(statements))
		return err
	})
}

// compareDatabase compares a database with what its revisions make.
func (i *invocation) compareDatabase(database *introspect.Database, options diff.Options) (comparison, error) {
	s := &sources{invocation: i, dialect: database.Dialect, database: database}
	replayed, err := s.code(source{kind: "migrations"})
	if err != nil {
		return comparison{}, err
	}
	live, err := introspect.Read(i.ctx, database, database.Dialect, introspect.Options{Namespaces: i.config.Schemas})
	if err != nil {
		return comparison{}, err
	}
	scratch, err := i.scratch()
	if err != nil {
		return comparison{}, err
	}
	options.Owned, options.Renames = replayed, diff.NeverRename
	result, err := autogen.Run(i.ctx, autogen.Input{Current: live, Target: replayed, Database: database, Scratch: scratch, Diff: options, NoProof: true})
	if err != nil {
		return comparison{}, err
	}
	return comparison{dialect: database.Dialect, current: live, target: replayed, result: result, live: true}, nil
}

// changedRevisions names the applied revisions whose operations are not those that were run.
func (i *invocation) changedRevisions() ([]string, error) {
	url, dialect, err := i.target()
	if err != nil {
		return nil, err
	}
	built, err := i.build(revisionsOnly, []schema.Dialect{dialect})
	if err != nil {
		return nil, err
	}
	options, err := i.runOptions()
	if err != nil {
		return nil, err
	}
	var result protocol.VerifyResult
	request := protocol.Request{Command: protocol.Verify, Run: &protocol.RunRequest{URL: url, Options: options}}
	if err := built.driver.Call(i.ctx, request, process.Listener{}, &result); err != nil {
		return nil, err
	}
	var out []string
	for _, changed := range result.Changed {
		out = append(out, fmt.Sprintf("%s (%s)", changed.Revision, shown(changed.File)))
	}
	return out, nil
}
