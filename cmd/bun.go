package cmd

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/retort-db/retort/cmd/internal/arguments"
	"github.com/retort-db/retort/cmd/internal/registry"
	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/render"
	"github.com/retort-db/retort/schema"
)

// bunMigration writes a migration for bun's own migrator, for teams that stay with it. Retort keeps no history then: the
// database is compared with the models, and has to be where the migrations are.
func (i *invocation) bunMigration() error {
	for _, flag := range []string{"head", "splice", "branch-label", "depends-on", "rev-id", "from"} {
		if i.IsSet(flag) {
			return &arguments.UsageError{Command: "revision", Text: "--" + flag + " is about Retort's revisions; bun's migrator has no such thing"}
		}
	}
	for _, flag := range []string{"online", "phases"} {
		if i.Bool(flag) {
			return &arguments.UsageError{Command: "revision", Text: "--" + flag + " is for Retort's revisions, whose runner knows what cannot share a transaction"}
		}
	}
	dir := i.config.MigrationDirs()[0]
	if i.String("version-path") != "" {
		var err error
		if dir, err = i.givenFolder(); err != nil {
			return err
		}
	}
	declared, err := registry.Find(dir)
	if err != nil {
		return err
	}
	if declared.Files && declared.Bun == "" {
		return fmt.Errorf("%s declares no migrations of bun's: add \"var Migrations = migrate.NewMigrations()\"", shown(dir))
	}
	present, err := bunMigrationIDs(dir)
	if err != nil {
		return err
	}
	found, err := i.compareForBun(present)
	if err != nil {
		return err
	}
	if found.result != nil && found.result.Plan.Empty() {
		return i.nothingToWrite([]comparison{found})
	}
	return i.writeBunMigration(dir, declared, present, found)
}

// compareForBun compares the database with the models, unless an empty migration is wanted. The result is nil then.
func (i *invocation) compareForBun(present []string) (comparison, error) {
	_, dialect, err := i.target()
	if err != nil {
		return comparison{}, err
	}
	if !i.Bool("autogenerate") {
		for _, flag := range autogenerateFlags {
			if i.IsSet(flag) {
				return comparison{}, &arguments.UsageError{Command: "revision", Text: "--" + flag + " needs --autogenerate"}
			}
		}
		return comparison{dialect: dialect}, nil
	}
	options, err := i.diffOptions()
	if err != nil {
		return comparison{}, err
	}
	ignored := options.Ignore
	options.Ignore = func(name schema.Name) bool {
		return ignored(name) || name == schema.ParseName(i.String("bun-table"))
	}
	with := side{prove: !i.Bool("no-prove"), diff: options, owned: modelledPart}
	if with.database, err = i.openTarget(); err != nil {
		return comparison{}, err
	}
	defer with.database.Close()
	if err := i.checkBunApplied(with.database, present); err != nil {
		return comparison{}, err
	}
	found, err := i.compareAsking([]schema.Dialect{dialect}, &with)
	if err != nil {
		return comparison{}, err
	}
	if decisions := found[0].result.Plan.Decisions(); len(decisions) > 0 {
		i.notes(found)
		return comparison{}, &outcome{code: exitDecision, text: "nothing was written: bun's migrator would not wait for a decision, so it has to be taken now; state renames with --rename table.old=new or --renames never, and values with --backfill table.column=SQL"}
	}
	return found[0], nil
}

// modelledPart is the part of a database that the models have: what they lack of it may be dropped. Tables that they do not
// have may belong to somebody else.
func modelledPart(live, models *schema.Schema) *schema.Schema {
	owned := live.Clone()
	owned.Tables.Filter(func(t *schema.Table) bool { return models.Tables.Has(t.Name) })
	owned.Enums.Filter(func(e *schema.Enum) bool { return models.Enums.Has(e.Name) })
	return owned
}

// bunName is the form of the names of bun's migrations; see [render.CheckBunFileName].
var bunName = regexp.MustCompile(`^(\d{1,14})_[0-9a-z_\-]+\.(go|up\.sql|tx\.up\.sql)$`)

// bunMigrationIDs returns the ids of the migrations in a directory, in bun's order, which is that of texts.
func bunMigrationIDs(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var ids []string
	for _, entry := range entries {
		match := bunName.FindStringSubmatch(entry.Name())
		if match == nil || strings.HasSuffix(entry.Name(), "_test.go") {
			continue
		}
		if slices.Contains(ids, match[1]) {
			return nil, fmt.Errorf("%s has two migrations with the id %s: bun would run both under one name", shown(dir), match[1])
		}
		ids = append(ids, match[1])
	}
	slices.Sort(ids)
	return ids, nil
}

// BunBehindError says that migrations of bun's are not applied, so that comparing would find their changes again.
type BunBehindError struct {
	Table   string
	Missing []string
}

// Error lists them and the way out.
func (e *BunBehindError) Error() string {
	return fmt.Sprintf("the database lacks %s of bun's, by its table %s: %s\napply them first", plural(len(e.Missing), "migration"), e.Table, strings.Join(e.Missing, ", "))
}

// checkBunApplied makes sure that all migrations are applied.
func (i *invocation) checkBunApplied(database *introspect.Database, present []string) error {
	table := i.String("bun-table")
	behind := &BunBehindError{Table: table}
	applied, err := bunApplied(i, database, schema.ParseName(table))
	if err != nil {
		return err
	}
	for _, id := range present {
		if !slices.Contains(applied, id) {
			behind.Missing = append(behind.Missing, id)
		}
	}
	if len(behind.Missing) > 0 {
		return behind
	}
	return nil
}

// bunApplied returns the ids in bun's table; a table that is not there has none.
func bunApplied(i *invocation, database *introspect.Database, table schema.Name) ([]string, error) {
	read, err := introspect.Read(i.ctx, database, database.Dialect, introspect.Options{Tables: []schema.Name{table}})
	if err != nil || read.Table(table) == nil {
		return nil, err
	}
	rows, err := database.QueryContext(i.ctx, "SELECT name FROM "+ddl.QuoteName(database.Dialect, table))
	if err != nil {
		return nil, fmt.Errorf("read bun's table %s: %w", table, err)
	}
	defer rows.Close()
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// bunFile compiles a comparison into a migration of bun's.
func bunFile(message string, found comparison) (render.BunFile, error) {
	file := render.BunFile{Message: message, Dialect: found.dialect}
	if found.result == nil {
		return file, nil
	}
	plan := found.result.Plan
	engine := enginePlan(found)
	file.Plan, file.Irreversible = &engine, plan.Irreversible
	var err error
	if file.Up, err = ddl.Compile(found.current.Server, found.current, plan.Operations); err != nil {
		return file, err
	}
	after, err := op.Replay(found.current, plan.Operations)
	if err != nil {
		return file, err
	}
	file.Down, err = ddl.Compile(found.current.Server, after, plan.Reverse)
	return file, err
}

func (i *invocation) writeBunMigration(dir string, declared registry.Registry, present []string, found comparison) error {
	created, err := i.creation()
	if err != nil {
		return err
	}
	message := strings.TrimSpace(i.String("message"))
	if message == "" && found.result != nil {
		message = render.MessageFor(found.result.Plan.Operations)
	}
	file, err := bunFile(message, found)
	if err != nil {
		return err
	}
	file.Package, file.Registry, file.Header = declared.Package, declared.Bun, i.config.Header
	name := bunFileName(present, message, created)
	if err := render.CheckBunFileName(name); err != nil {
		return err
	}
	source, err := render.Bun(file)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, name)
	if declared.Bun == "" {
		registration := filepath.Join(dir, "migrations.go")
		if err := writeFile(registration, []byte(declared.BunSource())); err != nil {
			return err
		}
		i.note("wrote %s", shown(registration))
	}
	if err := writeFile(path, source); err != nil {
		return err
	}
	if err := i.hooks(path); err != nil {
		return err
	}
	if found.result != nil {
		if err := i.summarize([]comparison{found}); err != nil {
			return err
		}
	}
	return i.answer(map[string]any{"file": shown(path)}, func(w io.Writer) error {
		_, err := fmt.Fprintln(w, shown(path))
		return err
	})
}

// bunFileName names the file after all others: by the time, as bun does, or by the next number where the migrations are
// numbered.
func bunFileName(present []string, message string, created time.Time) string {
	if message == "" {
		message = "migration"
	}
	last := ""
	if len(present) > 0 {
		last = present[len(present)-1]
	}
	const layout = "20060102150405"
	if last != "" && len(last) < len(layout) {
		number, _ := strconv.ParseInt(last, 10, 64)
		return render.FileName(fmt.Sprintf("%0*d_{slug}", len(last), number+1), "", message, created)
	}
	at := created.UTC()
	for at.Format(layout) <= last {
		later, err := time.Parse(layout, last)
		if err != nil {
			break
		}
		at = later.Add(time.Second)
	}
	return render.FileName(at.Format(layout)+"_{slug}", "", message, created)
}
