package cmd

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/retort-db/retort/autogen"
	"github.com/retort-db/retort/cmd/internal/arguments"
	"github.com/retort-db/retort/cmd/internal/config"
	"github.com/retort-db/retort/cmd/internal/protocol"
	"github.com/retort-db/retort/diff"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/reflect"
	"github.com/retort-db/retort/schema"
	"github.com/retort-db/retort/versions"
)

// comparison is what was found for one engine.
type comparison struct {
	dialect schema.Dialect
	current *schema.Schema
	target  *schema.Schema
	result  *autogen.Result
	phased  *phased // the plan in two parts, if that was asked for
	opaque  []versions.Opaque
	live    bool // current was read from the database
	// diagnostics is what is legal in the models but probably not meant.
	diagnostics []reflect.Diagnostic
}

func compareFlags(flags ...cli.Flag) []cli.Flag {
	return append(flags,
		&cli.StringSliceFlag{Name: "rename", Usage: "state a rename: table.old=new for a column, old=new for a table; =new without old: nothing was renamed to it"},
		&cli.StringSliceFlag{Name: "no-rename", Usage: "nothing was renamed to table.new, or to the table new"},
		&cli.StringFlag{Name: "renames", Usage: "what becomes of likely renames: flag, ask, accept or never", DefaultText: "renames of retort.yaml, flag"},
		&cli.StringSliceFlag{Name: "backfill", Usage: "value for the existing rows of a column that becomes NOT NULL: table.column=SQL"},
		&cli.BoolFlag{Name: "include-foreign", Usage: "also drop what no revision made"},
	)
}

// diffOptions are those of the configuration and the flags.
func (i *invocation) diffOptions() (diff.Options, error) {
	options := diff.Options{IncludeForeign: i.Bool("include-foreign"), Ignore: i.ignored()}
	usage := func(format string, args ...any) error {
		return &arguments.UsageError{Command: i.Command.Name, Text: fmt.Sprintf(format, args...)}
	}
	mode := i.config.Renames
	if given := i.String("renames"); given != "" {
		mode = config.Renames(given)
	}
	switch mode {
	case config.RenamesFlag, config.RenamesAsk:
		options.Renames = diff.FlagRenames
	case config.RenamesAccept:
		options.Renames = diff.AcceptRenames
	case config.RenamesNever:
		options.Renames = diff.NeverRename
	default:
		return options, usage("--renames cannot be %q: use flag, ask, accept or never", mode)
	}
	for _, text := range i.StringSlice("rename") {
		from, to, found := strings.Cut(text, "=")
		if !found || to == "" {
			return options, usage("--rename %q: write table.old=new", text)
		}
		table, column, isColumn := cutLast(from, ".")
		intent := diff.Intent{From: from, To: to, Never: from == "" || isColumn && column == ""}
		if isColumn {
			intent.Table, intent.From = table, column
		}
		options.Intents = append(options.Intents, intent)
	}
	for _, text := range i.StringSlice("no-rename") {
		table, column, isColumn := cutLast(text, ".")
		intent := diff.Intent{To: text, Never: true}
		if isColumn {
			intent.Table, intent.To = table, column
		}
		if intent.To == "" || isColumn && table == "" {
			return options, usage("--no-rename %q: write table.new for a column, or new for a table", text)
		}
		options.Intents = append(options.Intents, intent)
	}
	for _, text := range i.StringSlice("backfill") {
		column, expression, found := strings.Cut(text, "=")
		if !found || expression == "" || !strings.Contains(column, ".") {
			return options, usage("--backfill %q: write table.column=SQL", text)
		}
		if options.Backfill == nil {
			options.Backfill = map[string]string{}
		}
		options.Backfill[column] = expression
	}
	return options, nil
}

func cutLast(text, separator string) (before, after string, found bool) {
	at := strings.LastIndex(text, separator)
	if at < 0 {
		return text, "", false
	}
	return text[:at], text[at+len(separator):], true
}

// ignored leaves out Retort's own tables, those of bun's migrator, and what the configuration excludes.
func (i *invocation) ignored() func(schema.Name) bool {
	own := []schema.Name{schema.ParseName(i.config.VersionTable), schema.ParseName(i.config.HistoryTable)}
	return func(name schema.Name) bool {
		if slices.Contains(own, name) || slices.Contains(own, schema.Name{Name: name.Name}) || slices.Contains(bunTables, name.Name) {
			return true
		}
		for _, pattern := range i.config.Exclude {
			if matched, _ := path.Match(pattern, name.String()); matched {
				return true
			}
		}
		return false
	}
}

// BehindError says that a database lacks revisions, so that comparing it with the models would find their changes again.
type BehindError struct {
	Current []string
	Missing []versions.Meta
}

// Error lists the missing revisions and the ways out.
func (e *BehindError) Error() string {
	lines := make([]string, len(e.Missing))
	for n, meta := range e.Missing {
		lines[n] = "  " + meta.ID
		if meta.Message != "" {
			lines[n] += ", " + meta.Message
		}
	}
	return fmt.Sprintf("the database is at %s and lacks %s:\n%s\nrun retort upgrade heads first, or compare with the revisions alone: --from migrations",
		joinIDs(e.Current), plural(len(e.Missing), "revision"), strings.Join(lines, "\n"))
}

// checkUpToDate makes sure that all revisions are applied.
func (i *invocation) checkUpToDate(h *history, database *introspect.Database) error {
	var err error
	if h.current, err = i.rows(database); err != nil {
		return err
	}
	h.known = true
	complete, err := h.graph.Complete(h.current)
	if err != nil {
		return i.inTable(err)
	}
	if complete {
		return nil
	}
	steps, err := h.graph.UpgradePath(h.current, "heads")
	if err != nil {
		return err
	}
	behind := &BehindError{Current: h.current}
	for _, step := range steps {
		behind.Missing = append(behind.Missing, h.get([]string{step.ID})...)
	}
	return behind
}

// side says what the models are compared with.
type side struct {
	// database is compared where its dialect is asked for; nil compares with the revisions alone.
	database *introspect.Database
	prove    bool
	diff     diff.Options
	shape    planShape
	// owned tells which part of the database may be dropped, given the database and the models; nil is what the revisions made.
	owned func(live, models *schema.Schema) *schema.Schema
}

// compare works out, for each dialect, what leads from the database or the revisions to the models.
func (i *invocation) compare(dialects []schema.Dialect, with side) ([]comparison, error) {
	built, err := i.build(modelsAndRevisions, dialects)
	if err != nil {
		return nil, err
	}
	live, err := i.readLive(dialects, with.database)
	if err != nil {
		return nil, err
	}
	request := protocol.LoadRequest{Models: true, Replay: &[]string{}}
	for _, dialect := range dialects {
		server, namespace := schema.Server{Dialect: dialect}, ""
		if live != nil && live.Server.Dialect == dialect {
			server, namespace = live.Server, live.DefaultNamespace
		}
		request.Dialects = append(request.Dialects, protocol.DialectOptions{Dialect: dialect, Reflect: i.reflectOptions(built, server, namespace)})
	}
	loaded, err := i.load(built, request)
	if err != nil {
		return nil, err
	}
	i.warn(loaded)
	for _, one := range loaded.Dialects {
		if live, err = i.readNamed(live, with.database, one.Models, one.Replayed); err != nil {
			return nil, err
		}
	}
	var out []comparison
	for _, one := range loaded.Dialects {
		began := time.Now()
		found, err := i.compareOne(built, one, live, with)
		if err != nil {
			return nil, err
		}
		i.timing("compare "+string(one.Dialect), began)
		out = append(out, found)
	}
	return out, nil
}

// readLive reads the database, if there is one for these dialects.
func (i *invocation) readLive(dialects []schema.Dialect, database *introspect.Database) (*schema.Schema, error) {
	if database == nil || !slices.Contains(dialects, database.Dialect) {
		return nil, nil
	}
	return introspect.Read(i.ctx, database, database.Dialect, introspect.Options{Namespaces: i.config.Schemas})
}

// readNamed reads the database once more if models or revisions name schemas of PostgreSQL that the configuration does not.
// Their tables would otherwise be created anew each time.
func (i *invocation) readNamed(live *schema.Schema, database *introspect.Database, others ...*schema.Schema) (*schema.Schema, error) {
	if live == nil || live.Server.Dialect != schema.Postgres {
		return live, nil
	}
	wanted := slices.Clone(i.config.Schemas)
	for _, other := range others {
		if other == nil || other.Server.Dialect != live.Server.Dialect {
			continue
		}
		for table := range other.Tables.All() {
			if name := table.Name.Schema; name != "" && name != live.DefaultNamespace && !slices.Contains(wanted, name) {
				wanted = append(wanted, name)
			}
		}
	}
	if len(wanted) == len(i.config.Schemas) {
		return live, nil
	}
	slices.Sort(wanted)
	return introspect.Read(i.ctx, database, database.Dialect, introspect.Options{Namespaces: wanted})
}

func (i *invocation) compareOne(built *project, loaded protocol.Loaded, live *schema.Schema, with side) (comparison, error) {
	out := comparison{dialect: loaded.Dialect, target: loaded.Models, opaque: loaded.Opaque, diagnostics: loaded.Diagnostics}
	input := autogen.Input{Current: loaded.Replayed, Target: loaded.Models, Diff: with.diff, NoProof: !with.prove}
	input.Diff.Owned = loaded.Replayed
	switch {
	case live != nil && live.Server.Dialect == loaded.Dialect:
		out.live = true
		input.Current, input.Database = live, with.database
		scratch, err := i.scratch()
		if err != nil {
			return out, err
		}
		input.Scratch = scratch
		if with.owned != nil {
			input.Diff.Owned = with.owned(live, loaded.Models)
		}
	case len(loaded.Opaque) > 0:
		replayed, err := i.replayInScratch(built, loaded, nil)
		if err != nil {
			return out, err
		}
		if replayed == nil {
			break
		}
		defer replayed.lender.Close()
		out.opaque = nil
		input.Current, input.Database, input.Scratch, input.Diff.Owned = replayed.read, replayed.lender, replayed.options, replayed.owned
	}
	input.Current = autogen.AsRecorded(input.Current, input.Diff.Owned)
	out.current = input.Current
	if with.shape.wanted() {
		input.Rewrite = func(plan *diff.Plan) (err error) {
			out.phased, err = with.shape.apply(input.Current, plan)
			return err
		}
	}
	var err error
	out.result, err = autogen.Run(i.ctx, input)
	var intent *diff.IntentError
	if errors.As(err, &intent) {
		return out, err
	}
	if err != nil {
		return out, fmt.Errorf("compare on %s: %w", input.Current.Server, err)
	}
	return out, hazards{project: i.config.Lint, shape: with.shape}.add(&out)
}

// scratch says where a MySQL server may lend scratch space.
func (i *invocation) scratch() (introspect.ScratchOptions, error) {
	url, err := i.config.ScratchDatabaseURL(i.Lookup)
	if err != nil || url == "" {
		return introspect.ScratchOptions{}, err
	}
	if _, rest, found := strings.Cut(url, "://"); found {
		url = rest
	}
	url, _, _ = strings.Cut(url, "?")
	_, name, _ := cutLast(url, "/")
	return introspect.ScratchOptions{Database: name}, nil
}

// warn prints what is legal in the models but probably not meant, each once.
func (i *invocation) warn(loaded *protocol.LoadResult) {
	var seen []reflect.Diagnostic
	for _, one := range loaded.Dialects {
		for _, diagnostic := range one.Diagnostics {
			if !slices.Contains(seen, diagnostic) {
				seen = append(seen, diagnostic)
				i.note("%s: %s", i.style(i.Stderr).Yellow("warning"), diagnostic)
			}
		}
	}
}
