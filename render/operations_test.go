package render_test

import (
	"time"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// sample is a list of operations of one engine that has to come back as it is.
type sample struct {
	name       string
	dialect    schema.Dialect
	operations []op.Operation
	// rough marks what the recorder has no call of its own for: it is handed to Do as a value.
	rough bool
}

func named(text string) schema.Name { return schema.ParseName(text) }

func ptr[T any](value T) *T { return &value }

func options(pairs ...string) schema.Options {
	var out schema.Options
	for i := 0; i < len(pairs); i += 2 {
		out.Set(pairs[i], pairs[i+1])
	}
	return out
}

// samples holds every operation with every attribute.
func samples() []sample {
	out := []sample{
		{name: "tables", dialect: schema.Postgres, operations: tableSamples()},
		{name: "columns", dialect: schema.Postgres, operations: columnSamples()},
		{name: "constraints", dialect: schema.Postgres, operations: constraintSamples()},
		{name: "indexes", dialect: schema.Postgres, operations: indexSamples()},
		{name: "objects", dialect: schema.Postgres, operations: objectSamples()},
		{name: "routines", dialect: schema.Postgres, operations: routineSamples()},
		{name: "data", dialect: schema.Postgres, operations: dataSamples()},
		{name: "mysql", dialect: schema.MySQL, operations: mysqlSamples()},
		{name: "sqlite", dialect: schema.SQLite, operations: sqliteSamples()},
		{name: "irreversible", dialect: schema.SQLite, operations: []op.Operation{&op.Irreversible{Reason: "no way \"back\""}}},
		{name: "rough", dialect: schema.Postgres, operations: roughSamples(), rough: true},
	}
	return out
}

func fullColumn() *schema.Column {
	column := &schema.Column{
		Name: "note", Type: "character varying(100)", NotNull: true, Default: `'a"b\c'`, Collation: "C", Charset: "utf8mb4",
		Comment: "says `it`\nin two lines", Options: options(schema.OptionStorage, "external", schema.OptionInherited, ""),
		Accepts: options("type", "text", "default", "", "odd", "x"), Unmanaged: true, Field: "Text.Note",
	}
	return column
}

func tableSamples() []op.Operation {
	return []op.Operation{
		&op.CreateTable{IfNotExists: true, Table: &schema.Table{
			Name: named("sales.orders"),
			Columns: []*schema.Column{
				{Name: "id", Type: "bigint", NotNull: true, Identity: &schema.Identity{Kind: schema.IdentitySerial}},
				{Name: "by_default", Type: "bigint", NotNull: true, Identity: &schema.Identity{Kind: schema.IdentityByDefault}},
				{Name: "always", Type: "bigint", NotNull: true, Identity: &schema.Identity{Kind: schema.IdentityAlways}},
				{Name: "numbered", Type: "bigint", NotNull: true, Identity: &schema.Identity{
					Kind: schema.IdentityAlways, Start: ptr[int64](-5), Increment: ptr[int64](2), Min: ptr[int64](-10),
					Max: ptr[int64](1 << 40), Cache: ptr[int64](20), Cycle: true, Sequence: named("sales.odd_seq")}},
				fullColumn(),
				{Name: "total", Type: "numeric", Generated: &schema.Generated{Expr: `"a" + 1`, Stored: true}},
				{Name: "half", Type: "numeric", Generated: &schema.Generated{Expr: "a / 2"}},
			},
			PrimaryKey: &schema.PrimaryKey{Name: "orders_pkey", Columns: []string{"id", "always"}, Include: []string{"note"},
				Deferrable: schema.InitiallyDeferred, Comment: "key", Options: options(schema.OptionWithoutOverlaps, "")},
			Uniques:     []*schema.Unique{fullUnique()},
			ForeignKeys: []*schema.ForeignKey{fullForeignKey()},
			Checks:      []*schema.Check{fullCheck(), {Expr: "a > 0"}},
			Exclusions:  []*schema.Exclusion{fullExclusion()},
			Comment:     "orders",
			Options:     options(schema.OptionUnlogged, "", schema.OptionWith, "fillfactor=70"),
			Partition:   &schema.Partition{By: "RANGE (id)", Of: named("sales.all_orders"), Bound: "FOR VALUES IN ('de')"},
			Inherits:    []schema.Name{named("base"), named(`sales."odd.name"`)},
			Unmanaged:   true,
			Model:       "models.Order",
			Accepts:     options("comment", "orders", "option:unlogged", ""),
		}},
		&op.CreateTable{Table: &schema.Table{Name: named("empty")}},
		&op.DropTable{Name: named("a"), IfExists: true, RenamedTo: "b"},
		&op.RenameTable{From: named("a"), To: named("sales.b")},
		&op.RenameTable{From: named("a"), To: named("b"), Model: "models.A"},
		&op.AlterTable{Name: named("a"), Comment: ptr("it's")},
		&op.AlterTable{Name: named("a"), Comment: ptr("")},
		&op.AlterTable{Name: named("a"), Set: options("with", "fillfactor=70")},
		&op.AlterTable{Name: named("a"), Unset: []string{"with"}},
		&op.AlterTable{Name: named("a"), Comment: ptr("c"), Set: options("a", "1", "b", "2"), Unset: []string{"y", "x"}},
		&op.CreateNamespace{Name: "sales", IfNotExists: true},
		&op.DropNamespace{Name: "sales"},
	}
}

func fullUnique() *schema.Unique {
	return &schema.Unique{Name: "u", Columns: []string{"a", "b"}, Include: []string{"c"}, NullsNotDistinct: true,
		Deferrable: schema.InitiallyNow, Comment: "one", Options: options("with", "fillfactor=70"), Unmanaged: true}
}

func fullForeignKey() *schema.ForeignKey {
	return &schema.ForeignKey{Name: "f", Columns: []string{"a", "b"}, RefTable: named("sales.users"), RefColumns: []string{"x", "y"},
		OnDelete: schema.SetNull, OnUpdate: schema.Cascade, SetColumns: []string{"a"}, Match: "FULL", Deferrable: schema.InitiallyDeferred,
		NotValid: true, NoEnforce: true, Comment: "ref", Unmanaged: true}
}

func fullCheck() *schema.Check {
	return &schema.Check{Name: "c", Expr: `"a" > 0`, NoInherit: true, NotValid: true, NoEnforce: true, Comment: "ck",
		Options: options(schema.OptionColumn, "a"), Unmanaged: true}
}

func fullExclusion() *schema.Exclusion {
	return &schema.Exclusion{Name: "e", Method: "gist", Elements: []schema.ExclusionElement{
		{IndexPart: schema.IndexPart{Column: "room"}, Operator: "="}, {IndexPart: schema.IndexPart{Expr: "tsrange(a, b)"}, Operator: "&&"}},
		Include: []string{"c"}, Where: "a > 0", Deferrable: schema.InitiallyNow, Comment: "ex", Options: options("with", "x"), Unmanaged: true}
}

func columnSamples() []op.Operation {
	all := []op.Attribute{op.TypeAttribute, op.NotNullAttribute, op.DefaultAttribute, op.CollationAttribute, op.CharsetAttribute,
		op.CommentAttribute, op.OptionAttribute("storage"), op.OptionAttribute("gone")}
	to := *fullColumn()
	return []op.Operation{
		&op.AddColumn{Table: named("a"), Column: fullColumn(), IfNotExists: true, Position: op.Position{First: true}, Online: true},
		&op.AddColumn{Table: named("a"), Column: &schema.Column{Name: "b", Type: "text"}, Position: op.Position{After: "c"}},
		&op.DropColumn{Table: named("a"), Name: "b", IfExists: true, RenamedTo: "c", Online: true},
		&op.RenameColumn{Table: named("a"), From: "b", To: "c"},
		&op.RenameColumn{Table: named("a"), From: "b", To: "d", Field: "Sub.B"},
		&op.AlterColumn{Table: named("a"), Name: "b", Attributes: all, To: to, Using: "b::int", Position: op.Position{After: "c"}, Online: true},
		&op.AlterColumn{Table: named("a"), Name: "b", Attributes: []op.Attribute{op.NotNullAttribute, op.DefaultAttribute,
			op.GeneratedAttribute, op.IdentityAttribute, op.CommentAttribute, op.CollationAttribute}, Position: op.Position{First: true}},
		&op.AlterColumn{Table: named("a"), Name: "b", Attributes: []op.Attribute{op.IdentityAttribute},
			To: schema.Column{Identity: &schema.Identity{Kind: schema.IdentitySerial}}},
		&op.AlterColumn{Table: named("a"), Name: "b", Attributes: []op.Attribute{op.IdentityAttribute},
			To: schema.Column{Identity: &schema.Identity{Kind: schema.IdentityByDefault}}},
		&op.AlterColumn{Table: named("a"), Name: "b", Attributes: []op.Attribute{op.IdentityAttribute},
			To: schema.Column{Identity: &schema.Identity{Kind: schema.IdentityAlways, Start: ptr[int64](7)}}},
		&op.AlterColumn{Table: named("a"), Name: "b", Attributes: []op.Attribute{op.GeneratedAttribute},
			To: schema.Column{Generated: &schema.Generated{Expr: "a + 1", Stored: true}}},
		&op.AlterColumn{Table: named("a"), Name: "b", Attributes: []op.Attribute{op.GeneratedAttribute},
			To: schema.Column{Generated: &schema.Generated{Expr: "a + 1"}}},
		&op.Batch{Table: named("a"), Rebuild: true, Operations: op.List{
			&op.AddColumn{Table: named("a"), Column: &schema.Column{Name: "b", Type: "text"}},
			&op.DropColumn{Table: named("a"), Name: "c", RenamedTo: "b"},
			&op.RenameColumn{Table: named("a"), From: "d", To: "e"},
			&op.AlterColumn{Table: named("a"), Name: "b", Attributes: []op.Attribute{op.TypeAttribute}, To: schema.Column{Type: "int"}},
			&op.AddConstraint{Table: named("a"), Unique: fullUnique()},
			&op.DropConstraint{Table: named("a"), Type: op.CheckConstraint, Name: "c"},
			&op.RenameConstraint{Table: named("a"), Type: op.UniqueConstraint, From: "u", To: "v"},
			&op.CreateIndex{Table: named("a"), Index: &schema.Index{Name: "i", Parts: schema.Columns("b")}},
			&op.DropIndex{Table: named("a"), Name: "i"},
			&op.RenameIndex{Table: named("a"), From: "i", To: "j"},
			&op.AlterTable{Name: named("a"), Comment: ptr("x")},
			&op.AlterTable{Name: named("a"), Set: options("k", "v")},
			&op.AlterTable{Name: named("a"), Unset: []string{"k"}},
		}},
	}
}

func constraintSamples() []op.Operation {
	out := []op.Operation{
		&op.AddConstraint{Table: named("sales.a"), PrimaryKey: &schema.PrimaryKey{Columns: []string{"id"}}, UsingIndex: "ix", Online: true},
		&op.AddConstraint{Table: named("a"), PrimaryKey: &schema.PrimaryKey{Name: "p", Columns: []string{"id"}}},
		&op.AddConstraint{Table: named("a"), Unique: fullUnique()},
		&op.AddConstraint{Table: named("a"), ForeignKey: fullForeignKey()},
		&op.AddConstraint{Table: named("a"), ForeignKey: &schema.ForeignKey{Columns: []string{"a"}, RefTable: named("b")}},
		&op.AddConstraint{Table: named("a"), Check: fullCheck()},
		&op.AddConstraint{Table: named("a"), Exclusion: fullExclusion()},
		&op.DropConstraint{Table: named("a"), Type: op.UniqueConstraint, Name: "u", IfExists: true},
		&op.DropConstraint{Table: named("a"), Type: op.PrimaryKeyConstraint},
		&op.DropConstraint{Table: named("a"), Type: op.CheckConstraint, Definition: &op.AddConstraint{Table: named("a"), Check: &schema.Check{Expr: "a > 0"}}},
		&op.ValidateConstraint{Table: named("a"), Type: op.ForeignKeyConstraint, Name: "f"},
	}
	for _, kind := range []op.ConstraintType{op.PrimaryKeyConstraint, op.UniqueConstraint, op.ForeignKeyConstraint, op.CheckConstraint, op.ExclusionConstraint} {
		out = append(out, &op.RenameConstraint{Table: named("a"), Type: kind, From: "x", To: "y"})
	}
	return out
}

func indexSamples() []op.Operation {
	return []op.Operation{
		&op.CreateIndex{Table: named("sales.a"), Index: &schema.Index{Name: "i", Parts: schema.Columns("a", "b")}},
		&op.CreateIndex{Table: named("a"), Concurrently: true, IfNotExists: true, Index: &schema.Index{
			Name: "j", Unique: true, Method: "gin", Include: []string{"c"}, Where: "a > 0", NullsNotDistinct: true, Comment: "ix",
			Options: options("with", "fillfactor=70"), Unmanaged: true,
			Parts: []schema.IndexPart{{Column: "a", Desc: true, Nulls: schema.NullsLast, Collation: "C", OpClass: "text_ops", Length: 7},
				{Expr: "lower(b)", Nulls: schema.NullsFirst}},
		}},
		&op.DropIndex{Table: named("a"), Name: "i", Concurrently: true, IfExists: true},
		&op.RenameIndex{Table: named("a"), From: "i", To: "j"},
	}
}

func objectSamples() []op.Operation {
	return []op.Operation{
		&op.CreateEnum{Enum: &schema.Enum{Name: named("sales.state"), Values: []string{"a", "b's"}, Comment: "c"}, IfNotExists: true},
		&op.DropEnum{Name: named("state")},
		&op.RenameEnum{From: named("state"), To: named("status")},
		&op.AlterEnum{Name: named("state"), Add: "c"},
		&op.AlterEnum{Name: named("state"), Add: "c", Before: "a"},
		&op.AlterEnum{Name: named("state"), Add: "c", After: "a"},
		&op.AlterEnum{Name: named("state"), Rename: "c", To: "d"},
		&op.AlterEnum{Name: named("state"), Remove: []string{"c"}, RenamedTo: "d"},
		&op.CreateSequence{Sequence: fullSequence()},
		&op.AlterSequence{Sequence: fullSequence()},
		&op.DropSequence{Name: named("s")},
		&op.RenameSequence{From: named("s"), To: named("t")},
		&op.CreateDomain{Domain: &schema.Domain{Name: named("d"), Type: "text", NotNull: true, Default: "'x'", Collation: "C",
			Checks: []*schema.Check{{Name: "c", Expr: "VALUE <> ''"}, {Expr: "length(VALUE) < 9"}}, Comment: "dom"}},
		&op.DropDomain{Name: named("d")},
		&op.CreateComposite{Composite: &schema.Composite{Name: named("p"), Fields: []schema.CompositeField{{Name: "x", Type: "int"},
			{Name: "y", Type: "text", Collation: "C"}}, Comment: "pair"}},
		&op.DropComposite{Name: named("p")},
		&op.CreateExtension{Extension: &schema.Extension{Name: "pg_trgm", Schema: "ext", Version: "1.6"}, IfNotExists: true},
		&op.DropExtension{Name: named("pg_trgm")},
		&op.CreateStatistic{Statistic: &schema.Statistic{Name: named("st"), Table: named("a"), Definition: "CREATE STATISTICS st ON a, b FROM a", Comment: "s"}},
		&op.DropStatistic{Name: named("st")},
	}
}

func fullSequence() *schema.Sequence {
	return &schema.Sequence{Name: named("sales.s"), Type: "bigint", Start: ptr[int64](1), Increment: ptr[int64](-1), Min: ptr[int64](-9),
		Max: ptr[int64](9), Cache: ptr[int64](3), Cycle: true, OwnedBy: schema.Dependency{Relation: named("a"), Column: "id"}, Comment: "seq"}
}

func routineSamples() []op.Operation {
	depends := []schema.Dependency{{Relation: named("a")}, {Relation: named("sales.b")}, {Relation: named("a"), Column: "x"},
		{Relation: named("a"), Column: "y"}, {Relation: named("b"), Column: "z"}, {Relation: named("c")}}
	return []op.Operation{
		&op.CreateView{Replace: true, View: &schema.View{Name: named("v"), Materialized: true, Definition: "SELECT \"x\"\nFROM `a`", Columns: []string{"x"},
			Options: options("with", "x"), Comment: "view", DependsOn: depends}},
		&op.DropView{Name: named("v"), Materialized: true},
		&op.CreateFunction{Replace: true, Function: &schema.Function{Name: named("area(integer, integer)"), Kind: "function",
			Definition: "CREATE OR REPLACE FUNCTION area(integer, integer) RETURNS integer\nLANGUAGE sql AS $$\n\tSELECT $1 * $2\n$$", Comment: "f", DependsOn: depends}},
		&op.CreateFunction{Function: &schema.Function{Name: named("p()"), Kind: "procedure", Definition: "CREATE PROCEDURE p()",
			Options: schema.Options{{Key: schema.OptionSQLMode, Value: "ANSI_QUOTES"}}}},
		&op.CreateFunction{Function: &schema.Function{Name: named("g(integer)"), Kind: "aggregate", Definition: "CREATE AGGREGATE g"}},
		&op.DropFunction{Name: named("area(integer, integer)"), Routine: "function"},
		&op.DropFunction{Name: named("p()"), Routine: "procedure"},
		&op.CreateTrigger{Replace: true, Trigger: &schema.Trigger{Name: named("sales.a/t"), Trigger: "t", Table: named("sales.a"),
			Definition: "CREATE TRIGGER t", Enabled: "always", Comment: "tr", DependsOn: depends}},
		&op.DropTrigger{Name: named("sales.a/t"), Trigger: "t", Table: named("sales.a")},
	}
}

func dataSamples() []op.Operation {
	return []op.Operation{
		&op.Exec{SQL: "UPDATE a SET b = $1", Args: []any{1, int64(2), 2.5, float32(1.5), "x", true, nil, []byte("raw"), uint8(3)}, Known: true, OutsideTransaction: true},
		&op.Insert{Table: named("a"), Columns: []string{"b", "c"}, Rows: [][]any{{1, "x"}, {nil, "y"}}},
		&op.Insert{Table: named("a"), Columns: []string{"b"}, Rows: [][]any{{-1.0}}},
		&op.Backfill{Table: named("a"), Set: []op.Assignment{{Column: "b", Expr: "lower(c)"}, {Column: "d", Expr: "0"}}, Where: "b IS NULL",
			Key: []string{"id"}, Batch: 500, Pause: 1500 * time.Millisecond},
		&op.Backfill{Table: named("a"), Set: []op.Assignment{{Column: "b", Expr: "0"}}, Batch: 10},
		&op.Backfill{Table: named("a"), Set: []op.Assignment{{Column: "b", Expr: "0"}}, Pause: time.Hour},
	}
}

func mysqlSamples() []op.Operation {
	return []op.Operation{
		&op.CreateTable{Table: &schema.Table{Name: named("a"), Columns: []*schema.Column{
			{Name: "id", Type: "bigint", NotNull: true, Identity: &schema.Identity{Kind: schema.IdentityAutoIncrement}},
			{Name: "n", Type: "bigint", Identity: &schema.Identity{Kind: schema.IdentityAutoIncrement, Start: ptr[int64](100)}},
			{Name: "body", Type: "text", NotNull: true, Charset: "utf8mb4", Collation: "utf8mb4_bin"},
		}, PrimaryKey: &schema.PrimaryKey{Columns: []string{"id", "body"}, Parts: []schema.IndexPart{{Column: "id"}, {Column: "body", Length: 64, Desc: true}}},
			Uniques:   []*schema.Unique{{Name: "u", Columns: []string{"body"}, Parts: []schema.IndexPart{{Column: "body", Length: 10}}}},
			Options:   options(schema.OptionEngine, "InnoDB", schema.OptionCharset, "utf8mb4"),
			Partition: &schema.Partition{By: "HASH (id) PARTITIONS 4"}}},
		&op.AlterColumn{Table: named("a"), Name: "n", Attributes: []op.Attribute{op.IdentityAttribute},
			To: schema.Column{Identity: &schema.Identity{Kind: schema.IdentityAutoIncrement, Start: ptr[int64](100)}}},
		&op.CreateTrigger{Trigger: &schema.Trigger{Name: named("t"), Trigger: "t", Table: named("a"), Definition: "CREATE TRIGGER t",
			Options: schema.Options{{Key: schema.OptionSQLMode, Value: ""}}}},
		&op.DropTrigger{Name: named("t"), Trigger: "t", Table: named("a")},
	}
}

func sqliteSamples() []op.Operation {
	return []op.Operation{
		&op.CreateTable{Table: &schema.Table{Name: named("a"), Columns: []*schema.Column{
			{Name: "id", Type: "INTEGER", Identity: &schema.Identity{Kind: schema.IdentityAutoIncrement}},
			{Name: "any", Options: options(schema.OptionOnConflict, "REPLACE")},
		}, PrimaryKey: &schema.PrimaryKey{Columns: []string{"id"}}, Options: options(schema.OptionStrict, "", schema.OptionWithoutRowID, "")}},
		&op.CreateTable{Table: &schema.Table{Name: named("notes_fts"), Virtual: "fts5(title, body)"}},
	}
}

// roughSamples are rare combinations.
func roughSamples() []op.Operation {
	return []op.Operation{
		&op.CreateTable{Table: &schema.Table{Name: named("a"), Columns: []*schema.Column{{Name: "x", Type: "int"}}, Indexes: []*schema.Index{
			{Name: "i", Parts: schema.Columns("x")}, {Name: "j", Parts: schema.Columns("x"), Unique: true}}}},
		&op.CreateNamespace{Name: "x"}, &op.DropNamespace{Name: "x", IfExists: true},
		&op.CreateExtension{Extension: &schema.Extension{Name: "x"}}, &op.DropExtension{Name: named("x"), IfExists: true},
		&op.DropEnum{Name: named("x"), IfExists: true}, &op.CreateSequence{Sequence: fullSequence(), IfNotExists: true},
		&op.DropSequence{Name: named("x"), IfExists: true},
		&op.CreateDomain{Domain: &schema.Domain{Name: named("d"), Type: "text"}, IfNotExists: true}, &op.DropDomain{Name: named("d"), IfExists: true},
		&op.CreateComposite{Composite: &schema.Composite{Name: named("d"), Fields: []schema.CompositeField{{Name: "x", Type: "int"}}}, IfNotExists: true},
		&op.DropComposite{Name: named("d"), IfExists: true},
		&op.CreateStatistic{Statistic: &schema.Statistic{Name: named("d"), Table: named("a"), Definition: "x"}, IfNotExists: true},
		&op.DropStatistic{Name: named("d"), IfExists: true},
		&op.CreateView{View: &schema.View{Name: named("v"), Definition: "SELECT 1", Indexes: []*schema.Index{{Name: "i", Parts: schema.Columns("x")}}}, IfNotExists: true},
		&op.DropView{Name: named("v"), IfExists: true},
		&op.CreateFunction{Function: &schema.Function{Name: named("f"), Kind: "function", Definition: "x"}, IfNotExists: true},
		&op.DropFunction{Name: named("f"), Routine: "aggregate", IfExists: true},
		&op.CreateTrigger{Trigger: &schema.Trigger{Name: named("odd"), Trigger: "t", Table: named("a"), Definition: "x"}, IfNotExists: true},
		&op.DropTrigger{Name: named("odd"), Trigger: "t", Table: named("a"), IfExists: true},
		&op.Insert{Table: named("a"), Columns: []string{"z", "b"}, Rows: [][]any{{int64(1), "x"}, {nil, true}}},
		&op.Backfill{Table: named("a"), Pause: time.Second},
		&op.Batch{Table: named("a"), Operations: op.List{&op.ValidateConstraint{Table: named("a"), Type: op.CheckConstraint, Name: "c"},
			&op.DropIndex{Table: named("a"), Name: "i"}}},
		&op.AlterColumn{Table: named("a"), Name: "b", Using: "x", Attributes: []op.Attribute{op.TypeAttribute, op.TypeAttribute}, To: schema.Column{Type: "int"}},
	}
}
