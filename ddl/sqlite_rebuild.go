package ddl

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/retort-db/retort/internal/sqliteddl"
	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// sqliteRebuild makes a table anew, by the steps of https://www.sqlite.org/lang_altertable.html#otheralter:
//
//  1. the new table is created under another name, with its columns under their old names;
//  2. values that the new types cannot hold are looked for, the rows are copied and counted;
//  3. the position of AUTOINCREMENT is carried over;
//  4. the old table is dropped and the new one takes its name, so that what refers to the name never sees another one;
//  5. indexes and triggers are created again;
//  6. columns are renamed by SQLite itself, which follows into triggers, views and other tables;
//  7. the views and triggers that mention the table are compiled, so that what no longer fits fails here and not later.
//
// It runs in the revision's transaction with foreign keys off around it, and foreign_key_check before the commit.
type sqliteRebuild struct {
	compiler   *sqliteCompiler
	operations []op.Operation
	before     *schema.Table
	after      *schema.Table // with all effects
	interim    *schema.Table // like after, but columns have their old names
	temporary  schema.Name
	// origin maps the columns of after to those of before; new columns are missing.
	origin map[string]string
	// using holds the copy expression of a column, in the names of before, by its name in interim.
	using map[string]string
	// given holds the default with which a new column was added: the rows have it, whatever becomes of the default.
	given map[string]string
	// interimName maps the columns of after to those of interim.
	interimName map[string]string
	out         []Statement
}

func (c *sqliteCompiler) rebuild(table *schema.Table, operations []op.Operation) error {
	r := &sqliteRebuild{compiler: c, operations: operations, before: table.Clone()}
	if err := r.plan(); err != nil {
		return err
	}
	if err := r.write(); err != nil {
		return err
	}
	subject := operations[0]
	if len(operations) > 1 {
		subject = &op.Batch{Table: r.before.Name, Operations: operations, Rebuild: true}
	}
	for i := range r.out {
		r.out[i].ForeignKeysOff = true
	}
	if len(r.out) > 0 {
		r.out[0].Describe = r.describe()
	}
	c.add(subject, r.out...)
	return c.applyAll(operations)
}

// describe says what the rebuild is for, and what goes with dropped columns.
func (r *sqliteRebuild) describe() string {
	var reasons []string
	state := r.before.Clone()
	alone := schema.New(r.compiler.server)
	alone.Tables.Add(state)
	for _, operation := range r.operations {
		text := operation.String()
		if drop, ok := operation.(*op.DropColumn); ok {
			if users := sqliteUsersOf(state, drop.Name); len(users) > 0 {
				text += " with " + strings.Join(users, ", ")
			}
		}
		reasons = append(reasons, text)
		if operation.Apply(alone) != nil {
			break
		}
	}
	return "rebuild " + r.before.Name.String() + ": " + strings.Join(reasons, "; ")
}

// plan works out the new table and where its columns come from.
func (r *sqliteRebuild) plan() error {
	alone := schema.New(r.compiler.server)
	alone.Tables.Add(r.before.Clone())
	r.origin, r.using, r.given = map[string]string{}, map[string]string{}, map[string]string{}
	using := map[string]string{}
	for _, column := range r.before.Columns {
		r.origin[column.Name] = column.Name
	}
	for _, operation := range r.operations {
		r.follow(operation, using)
		if err := operation.Apply(alone); err != nil {
			return err
		}
	}
	r.after = alone.Table(r.before.Name)
	if len(r.after.Columns) == 0 {
		return r.compiler.unsupported(r.operations[0], "a table of SQLite needs a column; drop the table instead")
	}
	if err := r.oldNames(); err != nil {
		return err
	}
	for name, expr := range using {
		r.using[r.interimName[name]] = sqliteddl.TrimParens(expr)
	}
	taken := func(name string) bool {
		full := schema.Name{Schema: r.before.Name.Schema, Name: name}
		return r.compiler.state.Tables.Has(full) || r.compiler.state.Views.Has(full)
	}
	r.temporary = schema.Name{Schema: r.before.Name.Schema, Name: sqliteFresh("retort_new_"+r.before.Name.Name, taken)}
	return nil
}

// follow tracks the columns' origins and copy expressions through one operation.
func (r *sqliteRebuild) follow(operation op.Operation, using map[string]string) {
	switch o := operation.(type) {
	case *op.RenameColumn:
		if from, ok := r.origin[o.From]; ok {
			delete(r.origin, o.From)
			r.origin[o.To] = from
		}
		if expr, ok := using[o.From]; ok {
			delete(using, o.From)
			using[o.To] = expr
		}
		if expr, ok := r.given[o.From]; ok {
			delete(r.given, o.From)
			r.given[o.To] = expr
		}
	case *op.DropColumn:
		delete(r.origin, o.Name)
		delete(using, o.Name)
		delete(r.given, o.Name)
	case *op.AddColumn:
		if o.Column.Backfill != "" && r.origin[o.Column.Name] == "" {
			using[o.Column.Name] = r.inOldNames(o.Column.Backfill)
		} else {
			r.given[o.Column.Name] = o.Column.Default
		}
	case *op.AlterColumn:
		from, exists := r.origin[o.Name]
		switch {
		case o.Using != "":
			using[o.Name] = r.inOldNames(o.Using)
		case exists && o.Changes(op.NotNullAttribute) && o.To.NotNull && o.To.Backfill != "":
			using[o.Name] = "coalesce(" + sqliteQuote(from) + ", " + r.inOldNames(o.To.Backfill) + ")"
		case !exists && o.Changes(op.DefaultAttribute) && using[o.Name] == "":
			using[o.Name] = cmp.Or(r.given[o.Name], "NULL")
		}
	}
}

// inOldNames writes an expression in the columns' names of before. The names change all at once, since one may be another
// one's old name.
func (r *sqliteRebuild) inOldNames(expr string) string {
	for to, from := range sqliteRenamed(r.origin) {
		expr = sqltext.RenameIdent(schema.SQLite, expr, to, sqlitePlaceholder(from))
	}
	for _, from := range sqliteRenamed(r.origin) {
		expr = sqltext.RenameIdent(schema.SQLite, expr, sqlitePlaceholder(from), from)
	}
	return expr
}

// sqlitePlaceholder is a name that no column has, to stand for one while others are renamed.
func sqlitePlaceholder(name string) string { return "\x01" + name }

// sqliteRenamed returns the entries of a map of names whose names differ.
func sqliteRenamed(names map[string]string) map[string]string {
	out := map[string]string{}
	for to, from := range names {
		if to != from {
			out[to] = from
		}
	}
	return out
}

// oldNames makes the interim table out of the new one.
func (r *sqliteRebuild) oldNames() error {
	alone := schema.New(r.compiler.server)
	alone.Tables.Add(r.after.Clone())
	table := alone.Table(r.after.Name)
	r.interimName = map[string]string{}
	old := map[string]bool{}
	for _, from := range r.origin {
		old[strings.ToLower(from)] = true
	}
	target := map[string]string{} // placeholder → interim name
	for _, column := range r.after.Columns {
		name := column.Name
		if from, ok := r.origin[name]; ok {
			r.interimName[name] = from
		} else if old[strings.ToLower(name)] {
			r.interimName[name] = sqliteFresh("retort_new_"+name, func(n string) bool { return r.after.Column(n) != nil || r.before.Column(n) != nil })
		} else {
			r.interimName[name] = name
		}
		if r.interimName[name] != name {
			rename := &op.RenameColumn{Table: table.Name, From: name, To: sqlitePlaceholder(name)}
			if err := rename.Apply(alone); err != nil {
				return err
			}
			target[sqlitePlaceholder(name)] = r.interimName[name]
		}
	}
	for _, column := range slices.Clone(table.Columns) {
		if to, ok := target[column.Name]; ok {
			rename := &op.RenameColumn{Table: table.Name, From: column.Name, To: to}
			if err := rename.Apply(alone); err != nil {
				return err
			}
		}
	}
	r.interim = table
	return nil
}

func (r *sqliteRebuild) write() error {
	subject := r.operations[0]
	if err := r.create(subject); err != nil {
		return err
	}
	r.checkValues()
	r.copyRows()
	r.carrySequence()
	r.replace()
	for _, index := range r.interim.Indexes {
		text, err := r.compiler.indexSQL(subject, r.before.Name, index, false)
		if err != nil {
			return err
		}
		r.sql(text)
	}
	for trigger := range r.compiler.state.Triggers.All() {
		if trigger.Table == r.before.Name {
			r.sql(sqliteddl.Qualify(trigger.Definition, trigger.Name.Schema))
		}
	}
	r.renameColumns()
	r.compileUsers()
	return nil
}

func (r *sqliteRebuild) sql(texts ...string) { r.out = append(r.out, sqliteSQL(texts...)...) }

// create creates the new table. Expressions that qualify a column with the table's name lose the qualifier: it would be
// that of another table until the end.
func (r *sqliteRebuild) create(subject op.Operation) error {
	table := r.interim.Clone()
	for _, check := range table.Checks {
		check.Expr = sqliteUnqualify(check.Expr, table.Name.Name)
	}
	for _, column := range table.Columns {
		if column.Generated != nil {
			column.Generated.Expr = sqliteUnqualify(column.Generated.Expr, table.Name.Name)
		}
	}
	text, err := r.compiler.tableSQL(subject, table, sqliteName(r.temporary))
	if err != nil {
		return err
	}
	r.sql(text)
	return nil
}

// sqliteUnqualify takes a table's name and the dot after it out of an expression.
func sqliteUnqualify(expr, table string) string {
	var out strings.Builder
	tokens := sqltext.Tokens(schema.SQLite, expr)
	for i := 0; i < len(tokens); i++ {
		ident, ok := tokens[i].Ident()
		if ok && strings.EqualFold(ident, table) && i+1 < len(tokens) && tokens[i+1].Is(".") {
			i++
			continue
		}
		out.WriteString(tokens[i].Text)
	}
	return out.String()
}

// carrySequence gives the new table the old one's last number, which may be higher than any that is left.
func (r *sqliteRebuild) carrySequence() {
	if !sqliteNumbersItself(r.before) || !sqliteNumbersItself(r.interim) {
		return
	}
	sequences := sqliteName(schema.Name{Schema: r.before.Name.Schema, Name: "sqlite_sequence"})
	to, from := sqliteString(r.temporary.Name), sqliteString(r.before.Name.Name)
	r.sql(
		"DELETE FROM "+sequences+" WHERE name = "+to,
		"INSERT INTO "+sequences+" (name, seq) SELECT "+to+", seq FROM "+sequences+" WHERE name = "+from,
	)
}

func sqliteNumbersItself(table *schema.Table) bool {
	return slices.ContainsFunc(table.Columns, func(column *schema.Column) bool { return column.Identity != nil })
}

// replace puts the new table in the old one's place. Where views or other tables' triggers mention it, SQLite would refuse
// to rename anything while the name is gone, unless told to do as it did before 3.25, which is to leave them alone.
func (r *sqliteRebuild) replace() {
	legacy := r.compiler.state.Views.Len() > 0 || slices.ContainsFunc(r.compiler.state.Unmodelled, func(other schema.Unmodelled) bool {
		return strings.HasPrefix(other.Kind, schema.TemporaryObject+" ")
	})
	for trigger := range r.compiler.state.Triggers.All() {
		legacy = legacy || trigger.Table != r.before.Name
	}
	pragma := "PRAGMA legacy_alter_table = "
	r.sql("DROP TABLE " + sqliteName(r.before.Name))
	if legacy {
		r.sql(pragma + "ON")
	}
	r.sql("ALTER TABLE " + sqliteName(r.temporary) + " RENAME TO " + sqliteQuote(r.before.Name.Name))
	if legacy {
		r.sql(pragma + "OFF")
	}
}

// renameColumns lets SQLite give the columns their new names, in an order in which no two ever have the same.
func (r *sqliteRebuild) renameColumns() {
	type rename struct{ from, to string }
	var open []rename
	current := map[string]bool{}
	for _, column := range r.after.Columns {
		from := r.interimName[column.Name]
		current[strings.ToLower(from)] = true
		if from != column.Name {
			open = append(open, rename{from, column.Name})
		}
	}
	do := func(from, to string) {
		r.sql("ALTER TABLE " + sqliteName(r.before.Name) + " RENAME COLUMN " + sqliteQuote(from) + " TO " + sqliteQuote(to))
		delete(current, strings.ToLower(from))
		current[strings.ToLower(to)] = true
	}
	for len(open) > 0 {
		at := slices.IndexFunc(open, func(x rename) bool { return !current[strings.ToLower(x.to)] })
		if at < 0 {
			aside := sqliteFresh("retort_"+open[0].from, func(name string) bool { return current[strings.ToLower(name)] })
			do(open[0].from, aside)
			open[0].from = aside
			continue
		}
		do(open[at].from, open[at].to)
		open = slices.Delete(open, at, at+1)
	}
}

// compileUsers has SQLite compile the views and triggers that mention the table, and those that mention such views.
func (r *sqliteRebuild) compileUsers() {
	mentioned := []string{r.before.Name.Name}
	mentions := func(text string) bool {
		return slices.ContainsFunc(sqltext.Significant(schema.SQLite, text), func(token sqltext.Token) bool {
			ident, ok := token.Ident()
			return ok && slices.ContainsFunc(mentioned, func(name string) bool { return strings.EqualFold(name, ident) })
		})
	}
	views := map[schema.Name]bool{}
	for found := true; found; {
		found = false
		for view := range r.compiler.state.Views.All() {
			if !views[view.Name] && view.Name.Schema == r.before.Name.Schema && mentions(view.Definition) {
				views[view.Name], found = true, true
				mentioned = append(mentioned, view.Name.Name)
				r.sql("SELECT 1 FROM " + sqliteName(view.Name) + " LIMIT 0")
			}
		}
	}
	for trigger := range r.compiler.state.Triggers.All() {
		if trigger.Name.Schema == r.before.Name.Schema && mentions(trigger.Definition) {
			r.compileTrigger(trigger)
		}
	}
}

// compileTrigger has SQLite plan a statement that fires the trigger, which it does not run.
func (r *sqliteRebuild) compileTrigger(trigger *schema.Trigger) {
	parsed, err := sqliteddl.ParseTrigger(trigger.Definition)
	if err != nil {
		return
	}
	name := sqliteName(trigger.Table)
	switch parsed.Event {
	case "INSERT":
		r.sql("EXPLAIN INSERT INTO " + name + " DEFAULT VALUES")
	case "DELETE":
		r.sql("EXPLAIN DELETE FROM " + name)
	case "UPDATE":
		if column := r.updatable(trigger, parsed); column != "" {
			r.sql(fmt.Sprintf("EXPLAIN UPDATE %s SET %s = %[2]s", name, sqliteQuote(column)))
		}
	}
}

// updatable returns a column whose change fires an UPDATE trigger, by its new name, or "" if none is known.
func (r *sqliteRebuild) updatable(trigger *schema.Trigger, parsed *sqliteddl.Trigger) string {
	table := r.compiler.state.Table(trigger.Table)
	if trigger.Table == r.before.Name {
		table = r.after
	}
	if table == nil {
		return ""
	}
	for _, column := range table.Columns {
		name := column.Name
		if table == r.after {
			name = r.interimName[name]
		}
		fires := len(parsed.Columns) == 0 || slices.ContainsFunc(parsed.Columns, func(of string) bool { return strings.EqualFold(of, name) })
		if fires && column.Generated == nil {
			return column.Name
		}
	}
	return ""
}
