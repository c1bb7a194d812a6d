package cmd

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/retort-db/retort/cmd/internal/output"
	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/render"
	"github.com/retort-db/retort/schema"
)

// The forms of an answer that only some commands have.
const (
	formatSQL      output.Format = "sql"
	formatGo       output.Format = "go"
	formatBun      output.Format = "bun"
	formatMermaid  output.Format = "mermaid"
	formatMarkdown output.Format = "markdown"
)

func (p *program) inspectCommand() *cli.Command {
	return &cli.Command{
		Name: "inspect", Category: "review", Usage: "show the schema of a database, or of another source", ArgsUsage: "[SOURCE]   (" + sourceUsage + ")",
		Flags: slices.Concat([]cli.Flag{
			&cli.StringFlag{Name: "format", Usage: "sql, go (a revision that creates it), json or mermaid", DefaultText: "sql"},
			&cli.BoolFlag{Name: "json", Usage: "the same as --format json"},
			&cli.StringFlag{Name: "dialect", Usage: "the engine, if the source is no database and the configuration names several"},
		}, filterFlags()),
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
	filter, err := i.filter()
	if err != nil {
		return err
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
	i.noteUnmatched(filter, read)
	read = filter.apply(read)
	for _, problem := range read.Problems {
		i.note("warning: %s could not be read: %s", problem.Object, problem.Reason)
	}
	i.noteUnmodelled(read)
	return i.answer(read, func(w io.Writer) error {
		text, err := i.inspected(read)
		if err != nil {
			return err
		}
		_, err = io.WriteString(w, text)
		return err
	})
}

// inspected writes a schema in the wanted form.
func (i *invocation) inspected(read *schema.Schema) (string, error) {
	switch i.format {
	case formatMermaid:
		return render.Mermaid(read), nil
	case formatGo:
		return createRevision(read)
	}
	statements, err := ddl.Create(read.Server, read)
	if err != nil {
		return "", err
	}
	return render.SQL(read.Server.Dialect, statements), nil
}

// createRevision writes a schema as the revision that creates it.
func createRevision(read *schema.Schema) (string, error) {
	empty := schema.New(read.Server)
	engine := render.EnginePlan{Dialect: read.Server.Dialect, Before: empty, Upgrade: ddl.CreateOperations(read)}
	var err error
	if engine.Downgrade, err = op.Reverse(empty, engine.Upgrade); err != nil {
		engine.Irreversible = err.Error()
	}
	return goRevision("create the schema", engine)
}

// goRevision writes a plan as a revision that belongs to no history. Its id comes from its content, and its time is fixed,
// so that the same plan gives the same text.
func goRevision(message string, engine render.EnginePlan) (string, error) {
	content, err := json.Marshal(op.List(engine.Upgrade))
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(content)
	source, err := render.Revision(render.RevisionFile{
		Package: "migrations", Registry: "Revisions", ID: hex.EncodeToString(sum[:6]), Message: message,
		Created: "2000-01-01T00:00:00Z", Engines: []render.EnginePlan{engine},
	})
	return string(source), err
}

// noteUnmodelled names what exists and is not part of the answer.
func (i *invocation) noteUnmodelled(read *schema.Schema) {
	for _, other := range read.Unmodelled {
		switch {
		case other.Name != "" && other.Count > 0:
			i.note("not shown: %s %s (%d)", other.Kind, other.Name, other.Count)
		case other.Name != "":
			i.note("not shown: %s %s", other.Kind, other.Name)
		default:
			i.note("not shown: %s", plural(other.Count, other.Kind))
		}
	}
}
