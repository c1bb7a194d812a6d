package ddl

import (
	"slices"
	"strings"

	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// The lock modes of tables that schema changes take, weakest first
// (https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES).
const (
	accessShare          = "ACCESS SHARE"
	rowShare             = "ROW SHARE"
	rowExclusive         = "ROW EXCLUSIVE"
	shareUpdateExclusive = "SHARE UPDATE EXCLUSIVE"
	shareLock            = "SHARE"
	shareRowExclusive    = "SHARE ROW EXCLUSIVE"
	accessExclusive      = "ACCESS EXCLUSIVE"
)

func postgresLock(table schema.Name, mode string) TableLock {
	blocks := BlocksNothing
	switch mode {
	case shareUpdateExclusive:
		blocks = BlocksSchema
	case shareLock, shareRowExclusive:
		blocks = BlocksWrites
	case accessExclusive:
		blocks = BlocksAll
	}
	return TableLock{Table: table, Mode: mode, Blocks: blocks}
}

func postgresLocks(mode string, tables ...schema.Name) Effect {
	effect := Effect{Transactional: true}
	for _, table := range tables {
		effect.lock(postgresLock(table, mode))
	}
	return effect
}

func postgresEffect(server schema.Server, before *schema.Schema, operation op.Operation) Effect {
	p := postgresCost{server: server, before: before}
	switch o := operation.(type) {
	case *op.Batch:
		return p.batch(o)
	case *op.CreateTable:
		return p.createTable(o)
	case *op.DropTable:
		return p.dropTable(o)
	case *op.RenameTable:
		return postgresLocks(accessExclusive, o.From)
	case *op.AlterTable:
		return p.alterTable(o)
	case *op.AddColumn:
		return p.addColumn(o)
	case *op.DropColumn:
		return p.dropColumn(o)
	case *op.RenameColumn:
		return postgresLocks(accessExclusive, o.Table)
	case *op.AlterColumn:
		return p.alterColumn(o)
	case *op.AddConstraint:
		return p.addConstraint(o)
	case *op.DropConstraint:
		return p.dropConstraint(o)
	case *op.RenameConstraint:
		return postgresLocks(accessExclusive, o.Table)
	case *op.ValidateConstraint:
		return p.validate(o)
	case *op.CreateIndex:
		effect := postgresLocks(shareLock, o.Table)
		if o.Concurrently {
			effect = postgresLocks(shareUpdateExclusive, o.Table)
			effect.Transactional = false
		}
		effect.Builds = true
		return effect
	case *op.DropIndex:
		if o.Concurrently && !partitioned(p.before, o.Table) {
			effect := postgresLocks(shareUpdateExclusive, o.Table)
			effect.Transactional = false
			return effect
		}
		return postgresLocks(accessExclusive, o.Table)
	}
	return p.free(operation)
}

// postgresCost works out effects on PostgreSQL.
type postgresCost struct {
	server schema.Server
	before *schema.Schema
}

// batch: what one ALTER TABLE does at once is done in one pass, under the strongest lock that any of it needs.
func (p postgresCost) batch(o *op.Batch) Effect {
	state := p.before.Clone()
	effect := Effect{Transactional: true}
	for _, step := range o.Operations {
		one := postgresEffect(p.server, state, step)
		if _, validates := step.(*op.ValidateConstraint); validates {
			one.Transactional = true // only alone is it a transaction of its own
		}
		effect.join(one)
		if step.Apply(state) != nil {
			break
		}
	}
	return effect
}

func (p postgresCost) createTable(o *op.CreateTable) Effect {
	effect := Effect{Transactional: true}
	for _, key := range o.Table.ForeignKeys {
		if key.RefTable != o.Table.Name {
			effect.lock(postgresLock(key.RefTable, shareRowExclusive))
		}
	}
	if partition := o.Table.Partition; partition != nil && partition.Of != (schema.Name{}) {
		effect.lock(postgresLock(partition.Of, accessExclusive))
		effect.Reason = "a partition is attached to its parent under that lock"
	}
	for _, parent := range o.Table.Inherits {
		effect.lock(postgresLock(parent, shareUpdateExclusive))
	}
	return effect
}

// dropTable: the triggers of its foreign keys are dropped from the tables that they refer to.
func (p postgresCost) dropTable(o *op.DropTable) Effect {
	effect := postgresLocks(accessExclusive, o.Name)
	table := p.before.Table(o.Name)
	if table == nil {
		return effect
	}
	for _, key := range table.ForeignKeys {
		effect.lock(postgresLock(key.RefTable, accessExclusive))
	}
	if table.Partition != nil && table.Partition.Of != (schema.Name{}) {
		effect.lock(postgresLock(table.Partition.Of, accessExclusive))
	}
	return effect
}

func (p postgresCost) alterTable(o *op.AlterTable) Effect {
	effect := Effect{Transactional: true}
	if o.Comment != nil {
		effect.join(postgresLocks(shareUpdateExclusive, o.Name))
	}
	change := func(key string) {
		switch key {
		case schema.OptionWith, schema.OptionClusterOn:
			effect.join(postgresLocks(shareUpdateExclusive, o.Name))
		case schema.OptionUnlogged, schema.OptionTablespace, schema.OptionAccessMethod:
			rewrite := postgresLocks(accessExclusive, o.Name)
			rewrite.Rewrites = true
			effect.join(rewrite)
		default:
			effect.join(postgresLocks(accessExclusive, o.Name))
		}
	}
	for _, option := range o.Set {
		change(option.Key)
	}
	for _, key := range o.Unset {
		change(key)
	}
	return effect
}

func (p postgresCost) addColumn(o *op.AddColumn) Effect {
	effect := postgresLocks(accessExclusive, o.Table)
	column := o.Column
	switch {
	case column.Identity != nil:
		effect.Rewrites, effect.Reason = true, "every row gets a number"
	case column.Generated != nil && column.Generated.Stored:
		effect.Rewrites, effect.Reason = true, "the generated values are stored"
	case column.Default != "" && !postgresStable(p.before, column.Default):
		effect.Rewrites, effect.Reason = true, "the default is computed for each row"
	case p.isConstrainedDomain(column.Type):
		effect.Rewrites, effect.Reason = true, "the domain's constraint is checked for each row"
	case column.NotNull && column.Default == "" && column.Generated == nil:
		effect.Scans, effect.Reason = true, "every row is checked for NULL"
	}
	return effect
}

func (p postgresCost) dropColumn(o *op.DropColumn) Effect {
	effect := postgresLocks(accessExclusive, o.Table)
	for table := range p.before.Tables.All() {
		for _, key := range table.ForeignKeys {
			switch {
			case table.Name == o.Table && slices.Contains(key.Columns, o.Name):
				effect.lock(postgresLock(key.RefTable, accessExclusive))
			case key.RefTable == o.Table && slices.Contains(key.RefColumns, o.Name):
				effect.lock(postgresLock(table.Name, accessExclusive))
			}
		}
	}
	return effect
}

func (p postgresCost) alterColumn(o *op.AlterColumn) Effect {
	effect := Effect{Transactional: true}
	table := p.before.Table(o.Table)
	if table == nil || table.Column(o.Name) == nil {
		return postgresLocks(accessExclusive, o.Table)
	}
	old := table.Column(o.Name)
	column := old.Clone()
	for _, attribute := range o.Attributes {
		op.CopyAttribute(column, &o.To, attribute)
	}
	if o.Changes(op.TypeAttribute) || o.Changes(op.CollationAttribute) {
		effect.join(p.changeType(table, old, column, o.Using))
	}
	for _, attribute := range o.Attributes {
		effect.join(p.changeAttribute(table, old, column, attribute))
	}
	return effect
}

func (p postgresCost) changeAttribute(table *schema.Table, old, column *schema.Column, attribute op.Attribute) Effect {
	effect := postgresLocks(accessExclusive, table.Name)
	switch attribute {
	case op.TypeAttribute, op.CollationAttribute, op.CharsetAttribute:
		return Effect{Transactional: true}
	case op.CommentAttribute, op.OptionAttribute(schema.OptionStatistics), op.OptionAttribute(schema.OptionWith):
		return postgresLocks(shareUpdateExclusive, table.Name)
	case op.NotNullAttribute:
		if column.NotNull && !old.NotNull && !provesNotNull(table, column.Name) {
			effect.Scans, effect.Reason = true, "every row is checked for NULL"
		}
	case op.IdentityAttribute:
		if old.Identity == nil && column.Identity != nil {
			effect.Scans, effect.Reason = true, "the greatest number is looked for"
		}
	case op.GeneratedAttribute:
		dropsExpression := column.Generated == nil && old.Generated != nil && old.Generated.Stored && p.server.Version.AtLeast(13, 0, 0)
		if !dropsExpression && (column.Generated == nil || column.Generated.Stored) && (column.Generated != nil || old.Generated != nil) {
			effect.Rewrites, effect.Reason = true, "the generated values are stored"
		}
	}
	return effect
}

// provesNotNull reports whether a valid check says that the column is not NULL: PostgreSQL 12 and later do not read the
// table then.
func provesNotNull(table *schema.Table, column string) bool {
	return slices.ContainsFunc(table.Checks, func(check *schema.Check) bool {
		return !check.NotValid && !check.NoEnforce && isNotNullCheck(check.Expr, column)
	})
}

func (p postgresCost) addConstraint(o *op.AddConstraint) Effect {
	effect := postgresLocks(accessExclusive, o.Table)
	table := p.before.Table(o.Table)
	switch {
	case o.ForeignKey != nil:
		effect = postgresLocks(shareRowExclusive, o.Table, o.ForeignKey.RefTable)
		effect.Scans = !o.ForeignKey.NotValid && !o.ForeignKey.NoEnforce
		if effect.Scans {
			effect.Reason = "every row is looked up in " + o.ForeignKey.RefTable.String()
		}
	case o.Check != nil:
		effect.Scans = !o.Check.NotValid && !o.Check.NoEnforce
		if effect.Scans {
			effect.Reason = "every row is checked"
		}
	case o.PrimaryKey != nil:
		effect.Builds = o.UsingIndex == ""
		for _, name := range o.PrimaryKey.Columns {
			if column := columnIn(table, name); column != nil && !column.NotNull && !provesNotNull(table, name) {
				effect.Scans, effect.Reason = true, name+" becomes NOT NULL: every row is checked"
			}
		}
	default:
		effect.Builds = o.UsingIndex == ""
	}
	return effect
}

func columnIn(table *schema.Table, name string) *schema.Column {
	if table == nil {
		return nil
	}
	return table.Column(name)
}

func (p postgresCost) dropConstraint(o *op.DropConstraint) Effect {
	effect := postgresLocks(accessExclusive, o.Table)
	table := p.before.Table(o.Table)
	if table == nil || o.Type != op.ForeignKeyConstraint {
		return effect
	}
	if found := o.Find(table); found != nil && found.ForeignKey != nil {
		effect.lock(postgresLock(found.ForeignKey.RefTable, accessExclusive))
	}
	return effect
}

func (p postgresCost) validate(o *op.ValidateConstraint) Effect {
	effect := postgresLocks(shareUpdateExclusive, o.Table)
	effect.Scans, effect.Transactional = true, false
	table := p.before.Table(o.Table)
	if table == nil || o.Type != op.ForeignKeyConstraint {
		return effect
	}
	if key := table.ForeignKey(o.Name); key != nil {
		effect.lock(postgresLock(key.RefTable, rowShare))
	}
	return effect
}

// free tells the effects of what does not belong to one table.
func (p postgresCost) free(operation op.Operation) Effect {
	effect := Effect{Transactional: true}
	switch o := operation.(type) {
	case *op.AlterEnum:
		if len(o.Remove) > 0 {
			return p.removeEnumValues(o)
		}
	case *op.CreateView:
		for _, used := range o.View.DependsOn {
			if p.before.Table(used.Relation) != nil {
				effect.lock(postgresLock(used.Relation, accessShare))
			}
		}
		effect.Builds = len(o.View.Indexes) > 0
	case *op.CreateTrigger:
		return postgresLocks(shareRowExclusive, o.Trigger.Table)
	case *op.DropTrigger:
		return postgresLocks(accessExclusive, o.Table)
	case *op.CreateStatistic:
		return postgresLocks(shareUpdateExclusive, o.Statistic.Table)
	case *op.Insert:
		return postgresLocks(rowExclusive, o.Table)
	case *op.Backfill:
		effect = postgresLocks(rowExclusive, o.Table)
		effect.Scans, effect.Transactional = true, false
	case *op.Exec:
		effect.Transactional = !o.OutsideTransaction
	case *op.Run:
		effect.Transactional = !o.OutsideTransaction
	}
	return effect
}

// removeEnumValues: the type is made anew, and every column of it changes to the new one.
func (p postgresCost) removeEnumValues(o *op.AlterEnum) Effect {
	effect := Effect{Transactional: true}
	for table := range p.before.Tables.All() {
		for _, column := range table.Columns {
			if refersTo(column.Type, o.Name) {
				effect.lock(postgresLock(table.Name, accessExclusive))
				effect.Rewrites, effect.Reason = true, "the type is made anew without the value"
			}
		}
	}
	return effect
}

// postgresStable reports whether a default has one value for all rows of a statement, so that ADD COLUMN need not
// compute it for each: constants and functions that are known to be stable. A function of the schema is what its
// definition says; one that is not known is taken to be volatile, as functions are unless they say otherwise.
func postgresStable(s *schema.Schema, expr string) bool {
	tokens := sqltext.Significant(schema.Postgres, expr)
	for i, token := range tokens {
		if i+1 == len(tokens) || tokens[i+1].Text != "(" {
			continue
		}
		name, ok := token.Ident()
		if !ok || postgresStableWords[strings.ToLower(name)] {
			continue
		}
		if namesType(tokens[:i]) || postgresAliases[strings.ToLower(name)] != "" {
			continue // the arguments of a type
		}
		if !isStableFunction(s, name) {
			return false
		}
	}
	return true
}

// namesType reports whether tokens end in a cast, or in a cast and the first words of a type's name.
func namesType(tokens []sqltext.Token) bool {
	for len(tokens) > 0 && tokens[len(tokens)-1].Kind == sqltext.Word {
		tokens = tokens[:len(tokens)-1]
	}
	return len(tokens) > 0 && tokens[len(tokens)-1].Text == "::"
}

func isStableFunction(s *schema.Schema, name string) bool {
	found := false
	for function := range s.Functions.All() {
		bare, _, _ := strings.Cut(function.Name.Name, "(")
		if bare != name {
			continue
		}
		found = true
		declared := slices.ContainsFunc(sqltext.Significant(schema.Postgres, function.Definition), func(t sqltext.Token) bool {
			return t.Is("IMMUTABLE") || t.Is("STABLE")
		})
		if !declared {
			return false
		}
	}
	return found
}

// postgresStableWords holds what may stand before a parenthesis in a default and is no volatile function: functions whose
// pg_proc.provolatile is i or s, and words of the grammar.
var postgresStableWords = setOf(
	"now", "statement_timestamp", "transaction_timestamp", "current_timestamp", "localtimestamp", "current_time", "localtime",
	"date_trunc", "date_part", "extract", "timezone", "age", "make_date", "make_time", "make_timestamp", "make_timestamptz", "make_interval",
	"to_timestamp", "to_date", "to_char", "to_number", "justify_days", "justify_hours", "justify_interval", "date_bin",
	"current_setting", "current_user", "current_schema", "current_database", "current_catalog", "session_user", "pg_backend_pid", "txid_current", "version",
	"coalesce", "nullif", "greatest", "least", "cast", "case", "when", "then", "else", "row", "array", "in", "and", "or", "not", "is", "interval",
	"lower", "upper", "initcap", "length", "char_length", "octet_length", "substr", "substring", "replace", "trim", "ltrim", "rtrim", "btrim", "left", "right",
	"lpad", "rpad", "repeat", "reverse", "concat", "concat_ws", "format", "split_part", "strpos", "position", "overlay", "translate", "md5", "sha256", "sha512",
	"encode", "decode", "chr", "ascii", "to_hex", "quote_literal", "quote_ident", "regexp_replace", "string_to_array", "array_to_string",
	"abs", "ceil", "ceiling", "floor", "round", "trunc", "sign", "power", "sqrt", "mod", "div", "exp", "ln", "log", "pi", "width_bucket",
	"json_build_object", "json_build_array", "jsonb_build_object", "jsonb_build_array", "to_json", "to_jsonb", "jsonb_object", "json_object", "row_to_json",
	"array_append", "array_cat", "array_fill", "array_length", "cardinality", "int4range", "int8range", "numrange", "tsrange", "tstzrange", "daterange",
	"to_tsvector", "to_tsquery", "plainto_tsquery", "hashtext", "inet", "point", "box", "circle", "uuid_nil", "uuid_ns_dns", "uuid_ns_url",
)

func setOf(words ...string) map[string]bool {
	set := make(map[string]bool, len(words))
	for _, word := range words {
		set[word] = true
	}
	return set
}
