package ddl

import (
	"slices"
	"strings"

	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// The algorithms of ALTER TABLE, cheapest first. NOCOPY is MariaDB's alone
// (https://dev.mysql.com/doc/refman/en/innodb-online-ddl-operations.html,
// https://mariadb.com/kb/en/innodb-online-ddl-overview/).
const (
	instant = "INSTANT"
	nocopy  = "NOCOPY"
	inplace = "INPLACE"
	copying = "COPY"
)

// way is how the server alters a table.
type way struct {
	algorithm string
	shared    bool // writers wait
	rebuilds  bool // an in-place way that makes the table anew
	builds    bool // an index is built
	scans     bool
	reason    string
}

func mysqlEffect(server schema.Server, before *schema.Schema, operation op.Operation) Effect {
	m := mysqlCosts{server: server, before: before, table: before.Table(operation.Subject())}
	switch o := operation.(type) {
	case *op.Batch:
		return m.batch(o)
	case *op.CreateTable:
		effect := Effect{}
		for _, key := range o.Table.ForeignKeys {
			if key.RefTable != o.Table.Name {
				effect.lock(TableLock{Table: key.RefTable, Mode: "EXCLUSIVE metadata lock", Blocks: BlocksAll})
			}
		}
		return effect
	case *op.DropTable:
		return metadataLock(o.Name)
	case *op.RenameTable:
		return metadataLock(o.From)
	case *op.CreateTrigger:
		return metadataLock(o.Trigger.Table)
	case *op.DropTrigger:
		return metadataLock(o.Table)
	case *op.Insert:
		return Effect{Transactional: true}
	case *op.Backfill:
		return Effect{Scans: true}
	case *op.Exec:
		return Effect{Transactional: !o.OutsideTransaction && !o.Opaque()}
	case *op.Run:
		return Effect{Transactional: !o.OutsideTransaction}
	}
	way, alters := m.way(operation)
	if !alters {
		return Effect{}
	}
	return m.effect(operation.Subject(), way)
}

// metadataLock is the effect of statements that wait until nobody uses the table, and are done in a moment then.
func metadataLock(table schema.Name) Effect {
	return Effect{Locks: []TableLock{{Table: table, Mode: "EXCLUSIVE metadata lock", Blocks: BlocksAll}}}
}

// mysqlCosts works out effects on MySQL and MariaDB.
type mysqlCosts struct {
	server schema.Server
	before *schema.Schema
	table  *schema.Table // nil if it is not known
}

// copiesOnline reports whether others may write while the table is copied.
func (m mysqlCosts) copiesOnline() bool {
	return m.table != nil && (&mysqlCompiler{server: m.server}).copiesOnline(m.table)
}

func (m mysqlCosts) isMariaDB() bool { return m.server.Flavor == schema.MariaDB }

// effect turns the way into what it costs.
func (m mysqlCosts) effect(table schema.Name, w way) Effect {
	lock := TableLock{Table: table, Mode: "LOCK=NONE"}
	if w.shared || w.algorithm == copying && !m.copiesOnline() {
		lock.Mode, lock.Blocks = "LOCK=SHARED", BlocksWrites
	}
	return Effect{
		Locks: []TableLock{lock}, Rewrites: w.algorithm == copying || w.rebuilds, Builds: w.builds, Scans: w.scans,
		Algorithm: w.algorithm, Reason: w.reason,
	}
}

// batch: one ALTER TABLE takes the costliest way that one of its changes needs; a primary key that is dropped and added
// in one statement is changed in place.
func (m mysqlCosts) batch(o *op.Batch) Effect {
	state := m.before.Clone()
	effect := Effect{}
	dropsKey, addsKey := false, false
	for _, step := range o.Operations {
		drop, drops := step.(*op.DropConstraint)
		add, adds := step.(*op.AddConstraint)
		dropsKey = dropsKey || drops && drop.Type == op.PrimaryKeyConstraint
		addsKey = addsKey || adds && add.PrimaryKey != nil
		one := mysqlEffect(m.server, state, step)
		if drops && drop.Type == op.PrimaryKeyConstraint {
			one = m.effect(o.Table, way{algorithm: inplace, rebuilds: true, reason: "the table is ordered by its primary key"})
		}
		algorithm := costlier(effect.Algorithm, one.Algorithm)
		effect.join(one)
		effect.Algorithm = algorithm
		if step.Apply(state) != nil {
			break
		}
	}
	if dropsKey && !addsKey {
		effect.join(m.effect(o.Table, m.copy("the table is ordered by its primary key")))
		effect.Algorithm = copying
	}
	return effect
}

func costlier(a, b string) string {
	order := []string{"", instant, nocopy, inplace, copying}
	return order[max(slices.Index(order, a), slices.Index(order, b))]
}

// way returns how an alteration of a table is carried out, and whether the operation is one.
func (m mysqlCosts) way(operation op.Operation) (way, bool) {
	w := way{}
	switch o := operation.(type) {
	case *op.AlterTable:
		w = m.alterTable(o)
	case *op.AddColumn:
		w = m.addColumn(o)
	case *op.DropColumn:
		w = m.dropColumn(o)
	case *op.RenameColumn:
		w = m.renameColumn(o)
	case *op.AlterColumn:
		w = m.alterColumn(o)
	case *op.AddConstraint:
		w = m.addConstraint(o)
	case *op.DropConstraint:
		w = m.dropConstraint(o)
	case *op.RenameConstraint:
		w = m.renameConstraint(o)
	case *op.CreateIndex:
		w = m.createIndex(o.Index)
	case *op.DropIndex:
		w = m.dropIndex()
	case *op.RenameIndex:
		w = m.metadata()
	default:
		return way{}, false
	}
	if engine := m.engine(); engine != "" && !strings.EqualFold(engine, "InnoDB") && w.algorithm != instant {
		return way{algorithm: copying, shared: true, reason: engine + " tables are copied"}, true
	}
	return w, true
}

// engine returns the storage engine that the table states.
func (m mysqlCosts) engine() string {
	if m.table == nil {
		return ""
	}
	return m.table.Options.Value(schema.OptionEngine)
}

func (m mysqlCosts) copy(reason string) way { return way{algorithm: copying, reason: reason} }

// metadata is a change of the data dictionary that MySQL calls in place and MariaDB instant.
func (m mysqlCosts) metadata() way {
	if m.isMariaDB() {
		return way{algorithm: instant}
	}
	return way{algorithm: inplace}
}

// index is an index build that others need not wait for.
func (m mysqlCosts) index() way {
	if m.isMariaDB() {
		return way{algorithm: nocopy, builds: true}
	}
	return way{algorithm: inplace, builds: true}
}

func (m mysqlCosts) dropIndex() way {
	w := m.index()
	w.builds = false
	return w
}

// since reports whether the server is MySQL of the given 8.0 release or later, or MariaDB, all of whose supported versions
// do what these releases brought.
func (m mysqlCosts) since(patch int) bool {
	return m.isMariaDB() || m.server.Version.AtLeast(8, 0, patch)
}

func (m mysqlCosts) has(match func(*schema.Column) bool) bool {
	return m.table != nil && slices.ContainsFunc(m.table.Columns, match)
}

func (m mysqlCosts) hasFulltext() bool {
	return m.table != nil && slices.ContainsFunc(m.table.Indexes, func(i *schema.Index) bool { return strings.EqualFold(i.Method, "fulltext") })
}

func (m mysqlCosts) alterTable(o *op.AlterTable) way {
	w := way{algorithm: instant}
	if o.Comment != nil {
		w = m.metadata()
	}
	keys := slices.Clone(o.Unset)
	for _, option := range o.Set {
		keys = append(keys, option.Key)
	}
	for _, key := range keys {
		switch key {
		case schema.OptionRowFormat:
			if w.algorithm != copying {
				w = m.rebuild("the rows are stored in another format")
			}
		case schema.OptionEngine:
			w = m.copy("another engine stores the rows")
		case schema.OptionCharset, schema.OptionCollation:
			if m.has(func(c *schema.Column) bool { return isCharacterType(c.Type) && c.Charset == "" }) {
				w = m.copy("the texts of the columns that follow the table are converted")
			} else if w.algorithm == instant {
				w = m.metadata()
			}
		default:
			w = m.copy(key + " changes how the rows are stored")
		}
	}
	return w
}

func (m mysqlCosts) addColumn(o *op.AddColumn) way {
	column := o.Column
	placed := o.Position != (op.Position{})
	switch {
	case column.Identity != nil:
		return way{algorithm: inplace, shared: true, rebuilds: true, reason: "every row gets a number"}
	case column.Generated != nil && column.Generated.Stored:
		return m.copy("the generated values are stored")
	case column.Default != "" && !mysqlStable(column.Default):
		return m.copy("the default is computed for each row")
	case m.isMariaDB() && placed && m.has(func(c *schema.Column) bool { return c.Generated != nil }):
		return m.copy("MariaDB cannot place a column in a table with generated columns otherwise")
	case column.Generated != nil:
		return way{algorithm: instant}
	}
	return m.instantColumn(!placed && m.since(12) || m.since(29))
}

// rebuild makes the table anew while others write, unless it has indexes that stand in the way of that.
func (m mysqlCosts) rebuild(reason string) way {
	w := way{algorithm: inplace, rebuilds: true, reason: reason}
	if m.table == nil {
		return w
	}
	if hasFulltext(m.table) {
		w.shared, w.reason = true, "the table has a FULLTEXT index"
		if !m.isMariaDB() {
			return m.copy(w.reason)
		}
	} else if m.isMariaDB() && hasIndexedVirtual(m.table) {
		w.shared, w.reason = true, "the table has an index on a virtual column"
	}
	return w
}

// instantColumn is a change of the list of columns: instant if the server knows how, else a rebuild in place.
func (m mysqlCosts) instantColumn(known bool) way {
	if w := m.rebuild("only MySQL 8.0.29 and later does it instantly"); w.shared || w.algorithm == copying || !known {
		return w
	}
	if m.table != nil && strings.EqualFold(m.table.Options.Value(schema.OptionRowFormat), "compressed") {
		return way{algorithm: inplace, rebuilds: true, reason: "compressed tables have no instant columns"}
	}
	return way{algorithm: instant}
}

func (m mysqlCosts) dropColumn(o *op.DropColumn) way {
	column := columnIn(m.table, o.Name)
	switch {
	case column == nil:
		return way{algorithm: instant}
	case isIndexed(m.table, o.Name) && (m.isMariaDB() && !hasFulltext(m.table, o.Name) || isVirtual(column)):
		return way{algorithm: m.dropIndex().algorithm}
	case isVirtual(column):
		return way{algorithm: instant}
	case m.isMariaDB() && hasIndexedVirtual(m.table):
		return m.copy("the table has an index on a virtual column")
	case isIndexed(m.table, o.Name) && !hasFulltext(m.table, o.Name):
		return way{algorithm: inplace, rebuilds: true, reason: "an index uses the column"}
	case isIndexed(m.table, o.Name):
		return m.rebuild("an index uses the column")
	}
	return m.instantColumn(m.since(29))
}

// renameColumn: MySQL has to drop the checks that mention the column and add them again.
func (m mysqlCosts) renameColumn(o *op.RenameColumn) way {
	if m.table != nil && !m.isMariaDB() {
		for _, check := range m.table.Checks {
			if sqltext.Mentions(schema.MySQL, check.Expr, o.From) {
				return m.copy("the check " + check.Name + " is added anew")
			}
		}
	}
	if !m.since(28) {
		return way{algorithm: inplace}
	}
	return way{algorithm: instant}
}

func (m mysqlCosts) addConstraint(o *op.AddConstraint) way {
	switch {
	case o.PrimaryKey != nil:
		return m.rebuild("the table is ordered by its primary key")
	case o.ForeignKey != nil:
		return m.copy("foreign keys are checked while the table is copied")
	case o.Check != nil && o.Check.NoEnforce:
		return way{algorithm: instant}
	case o.Check != nil:
		return m.copy("checks are tried while the table is copied")
	}
	return m.index()
}

func (m mysqlCosts) dropConstraint(o *op.DropConstraint) way {
	switch o.Type {
	case op.PrimaryKeyConstraint:
		return m.copy("the table is ordered by its primary key")
	case op.CheckConstraint:
		return way{algorithm: instant}
	}
	return m.dropIndex() // that of a foreign key goes with it
}

func (m mysqlCosts) renameConstraint(o *op.RenameConstraint) way {
	switch o.Type {
	case op.ForeignKeyConstraint:
		return m.copy("the foreign key is dropped and added anew")
	case op.CheckConstraint:
		return m.copy("the check is dropped and added anew")
	}
	return m.metadata()
}

func (m mysqlCosts) createIndex(index *schema.Index) way {
	w := m.index()
	switch {
	case strings.EqualFold(index.Method, "fulltext") && !m.hasFulltext():
		return way{algorithm: inplace, shared: true, rebuilds: true, builds: true, reason: "the first FULLTEXT index adds a hidden column"}
	case strings.EqualFold(index.Method, "fulltext"), strings.EqualFold(index.Method, "spatial"):
		w.shared, w.reason = true, strings.ToUpper(index.Method)+" indexes are built while nobody writes"
	case slices.ContainsFunc(index.Parts, func(part schema.IndexPart) bool { return part.Expr != "" }):
		w.shared, w.reason = true, "indexes of expressions are built while nobody writes"
	}
	return w
}

// mysqlStable reports whether a default has one value for all rows of a statement.
func mysqlStable(expr string) bool {
	tokens := sqltext.Significant(schema.MySQL, expr)
	for i, token := range tokens {
		if token.Kind == sqltext.Word && i+1 < len(tokens) && tokens[i+1].Text == "(" && !mysqlStableWords[strings.ToLower(token.Text)] {
			return false
		}
	}
	return true
}

var mysqlStableWords = setOf("current_timestamp", "now", "localtime", "localtimestamp", "current_date", "curdate", "current_time", "curtime")
