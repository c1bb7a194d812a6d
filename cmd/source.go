package cmd

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/retort-db/retort/autogen"
	"github.com/retort-db/retort/cmd/internal/arguments"
	"github.com/retort-db/retort/cmd/internal/protocol"
	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
)

const sourceUsage = "models, migrations, migrations@REVISION, database, a database URL, or a file of SQL"

// source is where a schema comes from.
type source struct {
	kind string // "models", "migrations", "database" or "file"
	text string // revision, URL or path
}

// isCode reports whether the source is the user's code: what revisions did not make is foreign to it.
func (s source) isCode() bool { return s.kind == "models" || s.kind == "migrations" }

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
	url      string // of that database
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
		if s.url = one.text; s.url == "" {
			if s.url, err = s.databaseURL(); err != nil {
				return nil, err
			}
		}
	}
	if s.database == nil {
		return databases, s.chooseDialect(list)
	}
	if name := s.String("dialect"); name != "" && !isDialect(name, s.dialect) {
		return nil, &arguments.UsageError{Command: s.Command.Name, Text: fmt.Sprintf("the database is of %s, and --dialect says %s", s.dialect, name)}
	}
	return databases, nil
}

func isDialect(name string, dialect schema.Dialect) bool {
	parsed, err := schema.ParseDialect(name)
	return err == nil && parsed == dialect
}

func (s *sources) openSource(one source) (*introspect.Database, error) {
	if one.text == "" {
		return s.open()
	}
	return s.openReading(one.text)
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
	var err error
	if s.url, err = s.databaseURL(); err != nil {
		return nil, err
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
		read, err = introspect.Read(s.ctx, database, database.Dialect, introspect.Options{Namespaces: slices.Concat(s.config.Schemas, s.StringSlice("schema"))})
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
	if introspect.NamesNamespaces(s.dialect, string(text)) {
		return s.fileInDatabase(path, string(text))
	}
	return s.inScratch(func(scratch *introspect.Scratch) error {
		if err := scratch.ExecScript(s.ctx, string(text)); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		return nil
	})
}

// fileInDatabase runs a script that names its namespaces in a database of its own.
func (s *sources) fileInDatabase(path, text string) (read *schema.Schema, err error) {
	err = introspect.WithScratchDatabase(s.ctx, s.url, introspect.ScratchOptions{}, func(database *introspect.Database) (err error) {
		if err := database.ExecScript(s.ctx, text); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		read, err = introspect.Read(s.ctx, database, s.dialect, introspect.Options{Namespaces: slices.Concat(s.config.Schemas, s.StringSlice("schema"))})
		return err
	})
	return read, err
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
				if !scratch.Refused(s.ctx, err) {
					return err
				}
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
