package versions

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// Script writes the SQL of a range of revisions instead of running it, with the borders of transactions and the changes
// of the version and history tables, so that the result is that of a run. The range is "target" or "from:target"; without
// from an upgrade starts from an empty database, and a downgrade needs it. Several rows at the beginning have commas
// between them.
//
// The statements are those for a database that has exactly what the revisions before the range made. What only a program
// can do is a [*ScriptError]; an [*IrreversibleError] and a [*DecisionError] are as in a run. Nothing is written then.
func Script(server schema.Server, set *Set, span string, direction Direction, w io.Writer, options Options) error {
	s, err := newScript(server, set, options)
	if err != nil {
		return err
	}
	from, path, err := s.path(span, direction)
	if err != nil {
		return err
	}
	steps, err := record(server.Dialect, revisionsOf(set), path)
	if err != nil {
		return err
	}
	if s.state, _, err = s.stateAt(set, from); err != nil {
		return err
	}
	s.preamble()
	if len(from) == 0 {
		s.createTables()
	}
	for _, step := range steps {
		if err := s.step(step); err != nil {
			return err
		}
	}
	s.commit()
	_, err = w.Write(s.out.Bytes())
	return err
}

// preamble says how to make the engine's client stop at an error, where it goes on unless told otherwise.
func (s *script) preamble() {
	switch s.server.Dialect {
	case schema.Postgres:
		s.comment("run with: psql -v ON_ERROR_STOP=1 -f FILE")
	case schema.SQLite:
		s.comment("run with: sqlite3 -bail DATABASE <FILE")
	}
}

// script collects the text.
type script struct {
	server  schema.Server
	graph   *Graph
	tables  tables
	options Options
	state   *schema.Schema
	out     bytes.Buffer
	// open is set inside a transaction, unchecked if SQLite's foreign keys are off around it.
	open, unchecked bool
}

func newScript(server schema.Server, set *Set, options Options) (*script, error) {
	engine, ok := engines[server.Dialect]
	if !ok {
		return nil, fmt.Errorf("unknown dialect %q", server.Dialect)
	}
	graph, err := set.Graph()
	if err != nil {
		return nil, err
	}
	return &script{server: server, graph: graph, tables: tablesOf(engine, options), options: options}, nil
}

// path returns the rows at the beginning of a range and the steps from there.
func (s *script) path(span string, direction Direction) (from []string, path []Step, err error) {
	fromText, target, isRange := strings.Cut(span, ":")
	if !isRange {
		fromText, target = "base", span
		if direction == Down {
			return nil, nil, &IdentifierError{Identifier: span, Reason: "a downgrade without a database needs a range from:to"}
		}
	}
	if isRange && fromText == "" {
		fromText = "base"
	}
	if target == "" {
		return nil, nil, &IdentifierError{Identifier: span, Reason: "the range has no end: write from:to"}
	}
	for _, text := range strings.Split(fromText, ",") {
		rows, err := s.graph.Resolve(text, nil)
		if err != nil {
			return nil, nil, err
		}
		from = append(from, rows...)
	}
	if direction == Down {
		path, err = s.graph.DowngradePath(from, target)
		return from, path, err
	}
	if path, err = s.graph.UpgradePath(from, target); err != nil {
		return nil, nil, err
	}
	return from, path, s.checkAncestor(from, target)
}

// checkAncestor makes sure that the beginning of a range lies before its end.
func (s *script) checkAncestor(from []string, target string) error {
	if len(from) == 0 {
		return nil
	}
	rows, err := s.graph.rows(from)
	if err != nil {
		return err
	}
	var ends []int
	for _, text := range strings.Split(target, ",") {
		nodes, err := s.graph.upgradeTarget(text, rows)
		if err != nil {
			return err
		}
		ends = append(ends, nodes...)
	}
	before := s.graph.ancestors(ends, anyEdge)
	for _, at := range rows {
		if !before[at] {
			return &NotAncestorError{From: s.graph.nodes[at].ID, To: target}
		}
	}
	return nil
}

// stateAt returns the schema that the revisions at the beginning of the range have made.
func (s *script) stateAt(set *Set, from []string) (*schema.Schema, []Opaque, error) {
	if len(from) == 0 {
		return schema.New(s.server), nil, nil
	}
	state, opaque, err := Replay(set, s.server.Dialect, from)
	if err == nil {
		state.Server = s.server
	}
	return state, opaque, err
}

func (s *script) step(step recorded) error {
	if open := undecided(step.operations); len(open) > 0 {
		return &DecisionError{Revision: step.ID, Place: step.revision.Meta().place(), Undecided: open}
	}
	statements, err := ddl.Compile(s.server, s.state, step.operations)
	if err != nil {
		return &ScriptError{Revision: step.ID, Place: step.revision.Meta().place(), Operation: string(step.Direction), Reason: err.Error()}
	}
	title := fmt.Sprintf("%s %s", step.Direction, step.ID)
	if step.revision.Message != "" {
		title += ": " + step.revision.Message
	}
	s.comment(title)
	run := &stepRun{runner: &runner{engine: s.tables.engine}, recorded: step}
	off := slices.ContainsFunc(statements, func(statement ddl.Statement) bool { return statement.ForeignKeysOff })
	for _, statement := range statements {
		if run.alone(statement) {
			s.commit()
		} else {
			s.begin(off)
		}
		if err := s.write(step, statement); err != nil {
			return err
		}
	}
	s.begin(off)
	for _, statement := range s.tables.change(step.Rows) {
		if err := s.bound(statement.text, statement.args...); err != nil {
			return err
		}
	}
	if err := s.history(step, len(statements)); err != nil {
		return err
	}
	if s.options.Transaction != TransactionAll || off {
		s.commit()
	}
	if s.state, err = op.Replay(s.state, step.operations); err != nil {
		return &ReplayError{Revision: step.ID, Place: step.revision.Meta().place(), Cause: err}
	}
	return nil
}

func (s *script) begin(foreignKeysOff bool) {
	if s.open && foreignKeysOff && !s.unchecked {
		s.commit()
	}
	if s.open {
		return
	}
	s.open = true
	switch s.server.Dialect {
	case schema.SQLite:
		if foreignKeysOff {
			s.unchecked = true
			s.statement("PRAGMA foreign_keys = OFF")
		}
		s.statement("BEGIN IMMEDIATE")
	case schema.MySQL:
		s.statement("START TRANSACTION")
	default:
		s.statement("BEGIN")
	}
}

func (s *script) commit() {
	if !s.open {
		return
	}
	if s.unchecked {
		s.comment("this must print no row")
		s.statement("PRAGMA foreign_key_check")
	}
	s.statement("COMMIT")
	if s.unchecked {
		s.statement("PRAGMA foreign_keys = ON")
	}
	s.open, s.unchecked = false, false
}

// write writes one statement of a revision.
func (s *script) write(step recorded, statement ddl.Statement) error {
	cannot := func(reason string) error {
		return &ScriptError{Revision: step.ID, Place: step.revision.Meta().place(), Operation: describe(statement), Reason: reason}
	}
	if statement.Describe != "" {
		s.comment(statement.Describe)
	}
	if statement.Run != nil {
		backfill, ok := statement.Operation.(*op.Backfill)
		if !ok {
			return cannot("it is a Go function; run the revision with a database, or write the step as SQL")
		}
		s.statement(ddl.BackfillAtOnce(s.server.Dialect, backfill))
		return nil
	}
	text, err := s.inline(statement.SQL, statement.Args)
	if err != nil {
		return cannot(err.Error())
	}
	if statement.Guard == "" {
		s.statement(text)
		return nil
	}
	message := strings.ReplaceAll(statement.Guard, "%v", "(see the rows)")
	if s.server.Dialect != schema.Postgres {
		s.comment("this must print no row: " + message)
		s.statement(text)
		return nil
	}
	quoted, err := textLiteral(s.server.Dialect, message)
	if err != nil {
		return cannot(err.Error())
	}
	s.statement("DO $retort$ BEGIN IF EXISTS (" + text + ") THEN RAISE EXCEPTION USING MESSAGE = " + quoted + "; END IF; END $retort$")
	return nil
}

// inline puts the arguments in the place of their marks: $1 on PostgreSQL, ? elsewhere.
func (s *script) inline(text string, args []any) (string, error) {
	if len(args) == 0 {
		return text, nil
	}
	var out strings.Builder
	next := 0
	for _, token := range sqltext.Tokens(s.server.Dialect, text) {
		if token.Kind != sqltext.Param {
			out.WriteString(token.Text)
			continue
		}
		at := next
		if s.server.Dialect == schema.Postgres {
			if _, err := fmt.Sscanf(token.Text, "$%d", &at); err != nil {
				return "", fmt.Errorf("cannot tell which argument %s is", token.Text)
			}
			at--
		} else if token.Text != "?" {
			return "", fmt.Errorf("cannot tell which argument %s is", token.Text)
		}
		if at < 0 || at >= len(args) {
			return "", fmt.Errorf("it has %d arguments, and no value for %s", len(args), token.Text)
		}
		value, err := literal(s.server.Dialect, args[at])
		if err != nil {
			return "", fmt.Errorf("argument %d: %w", at+1, err)
		}
		out.WriteString(value)
		next++
	}
	return out.String(), nil
}

// bound writes a statement of Retort's own, whose arguments stand as ? on every engine.
func (s *script) bound(text string, args ...any) error {
	var out strings.Builder
	next := 0
	for _, token := range sqltext.Tokens(s.server.Dialect, text) {
		if token.Text != "?" {
			out.WriteString(token.Text)
			continue
		}
		value, err := literal(s.server.Dialect, args[next])
		if err != nil {
			return err
		}
		out.WriteString(value)
		next++
	}
	s.statement(out.String())
	return nil
}

// history writes the row that a run writes.
func (s *script) history(step recorded, statements int) error {
	now := s.tables.engine.now()
	columns := []string{"revision", "direction", "started_at", "finished_at", "duration_ms", "statements", "step", "checksum", "tool_version", "outcome"}
	return s.bound("INSERT INTO "+s.tables.quoted(s.tables.history)+" ("+s.tables.columns(columns)+") VALUES (?, ?, "+now+", "+now+
		", 0, ?, ?, ?, ?, ?)", step.ID, string(step.Direction), statements, statements, step.checksum, s.options.ToolVersion, string(OutcomeDone))
}

func (s *script) comment(text string) {
	for line := range strings.SplitSeq(text, "\n") {
		s.out.WriteString("-- " + line + "\n")
	}
}

// statement ends a statement. The mysql client ends one at each semicolon unless told otherwise.
func (s *script) statement(text string) {
	text = strings.TrimRight(text, "; \n\t")
	if s.server.Dialect == schema.MySQL && slices.ContainsFunc(sqltext.Tokens(schema.MySQL, text), func(t sqltext.Token) bool { return t.Is(";") }) {
		s.out.WriteString("DELIMITER $$\n" + text + "\n$$\nDELIMITER ;\n\n")
		return
	}
	// A SQLite trigger ends in "END;", which is a part of it, and the shell looks for that.
	s.out.WriteString(text + ";\n\n")
}
