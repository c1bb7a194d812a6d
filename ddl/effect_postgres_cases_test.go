package ddl_test

import "github.com/retort-db/retort/op"

func retype(column, from, to string) effectCase {
	return effectCase{
		name:  from + " to " + to,
		given: func(m *op.Migration) { m.AddColumn("t", op.Column(column, from)) },
		step:  func(m *op.Migration) { m.AlterColumn("t", column).Type(to) },
	}
}

func addColumn(name string, column *op.ColumnElement) effectCase {
	return effectCase{name: "add column " + name, step: func(m *op.Migration) { m.AddColumn("t", column) }}
}

var postgresEffects = []effectCase{
	addColumn("nullable", op.Column("c", "integer")),
	addColumn("constant default", op.Column("c", "integer").NotNull().Default("5")),
	addColumn("now()", op.Column("c", "timestamptz").NotNull().Default("now()")),
	addColumn("cast", op.Column("c", "varchar(10)").Default("'x'::character varying(10)")),
	addColumn("clock_timestamp()", op.Column("c", "timestamptz").Default("clock_timestamp()")),
	addColumn("random()", op.Column("c", "float").Default("random()")),
	addColumn("serial", op.Column("c", "integer").NotNull().AutoIncrement()),
	addColumn("identity", op.Column("c", "integer").NotNull().Identity()),
	addColumn("stored", op.Column("c", "integer").GeneratedStored("a + 1")),
	addColumn("not null", op.Column("c", "integer").NotNull()),
	{name: "drop column", step: func(m *op.Migration) { m.DropColumn("t", "a") }},
	{name: "drop column with foreign key", step: func(m *op.Migration) { m.DropColumn("t", "pid") }},
	{name: "rename column", step: func(m *op.Migration) { m.RenameColumn("t", "a", "aa") }},
	{name: "rename table", step: func(m *op.Migration) { m.RenameTable("t", "t_renamed") }},
	{name: "drop table", step: func(m *op.Migration) { m.DropTable("t") }},
	{name: "create table with foreign key", step: func(m *op.Migration) {
		m.CreateTable("u", op.Column("pid", "bigint"), op.ForeignKey("pid").References("p", "id").Named("u_pid_fkey"))
	}},
	{name: "create table", step: func(m *op.Migration) { m.CreateTable("u", op.Column("id", "bigint"), op.PrimaryKey("id")) }},
	{
		name: "create partition",
		given: func(m *op.Migration) {
			m.CreateTable("parted", op.Column("id", "bigint"), op.PartitionBy("RANGE (id)"))
		},
		step: func(m *op.Migration) {
			m.CreateTable("parted_1", op.PartitionOf("parted", "FOR VALUES FROM (1) TO (10)"))
		},
	},
	{name: "create child", step: func(m *op.Migration) { m.CreateTable("u", op.Column("x", "bigint"), op.Inherits("p")) }},
	{name: "set default", step: func(m *op.Migration) { m.AlterColumn("t", "a").Default("1") }},
	{name: "drop default", step: func(m *op.Migration) { m.AlterColumn("t", "b").NoDefault() }},
	{name: "set not null", step: func(m *op.Migration) { m.AlterColumn("t", "a").NotNull() }},
	{name: "drop not null", step: func(m *op.Migration) { m.AlterColumn("t", "b").Null() }},
	{
		name:  "set not null with a check",
		given: func(m *op.Migration) { m.AddConstraint("t", op.Check("t_a_null", "a IS NOT NULL")) },
		step:  func(m *op.Migration) { m.AlterColumn("t", "a").NotNull() },
	},
	{
		name:  "set not null with a check of several",
		given: func(m *op.Migration) { m.AddConstraint("t", op.Check("t_a_null", "(a > 0) AND (a IS NOT NULL)")) },
		step:  func(m *op.Migration) { m.AlterColumn("t", "a").NotNull() },
	},
	{
		name:  "set not null with a check of no use",
		given: func(m *op.Migration) { m.AddConstraint("t", op.Check("t_a_null", "a IS NOT NULL OR b > 0")) },
		step:  func(m *op.Migration) { m.AlterColumn("t", "a").NotNull() },
	},
	{
		name:  "set not null with an unvalidated check",
		given: func(m *op.Migration) { m.AddConstraint("t", op.Check("t_a_null", "a IS NOT NULL").NotValid()) },
		step:  func(m *op.Migration) { m.AlterColumn("t", "a").NotNull() },
	},
	{name: "column comment", step: func(m *op.Migration) { m.AlterColumn("t", "a").Comment("x") }},
	{name: "statistics", step: func(m *op.Migration) { m.AlterColumn("t", "a").Option("statistics", "100") }},
	{name: "storage", step: func(m *op.Migration) { m.AlterColumn("t", "txt").Option("storage", "EXTERNAL") }},
	{name: "collation of an indexed column", step: func(m *op.Migration) { m.AlterColumn("t", "txt").Collate("C") }},
	{name: "collation", step: func(m *op.Migration) { m.AlterColumn("t", "v").Collate("C") }},
	{name: "type of a column with a check", step: func(m *op.Migration) { m.AlterColumn("t", "b").Type("bigint") }},
	{
		name:  "wider type of a column with a check",
		given: func(m *op.Migration) { m.AddConstraint("t", op.Check("t_v_check", "v <> ''")) },
		step:  func(m *op.Migration) { m.AlterColumn("t", "v").Type("varchar(20)") },
	},
	{name: "using a cast", step: func(m *op.Migration) { m.AlterColumn("t", "v").Type("varchar(20)").Using("(v)::character varying(20)") }},
	{name: "using an expression", step: func(m *op.Migration) { m.AlterColumn("t", "v").Type("varchar(20)").Using("upper(v)") }},
	{name: "text to citext, indexed", step: func(m *op.Migration) { m.AlterColumn("t", "txt").Type("citext") }},
	retype("c", "varchar(10)", "varchar(20)"), retype("c", "varchar(10)", "varchar(5)"), retype("c", "varchar(10)", "varchar"),
	retype("c", "varchar(10)", "text"), retype("c", "varchar", "varchar(10)"), retype("c", "text", "varchar"),
	retype("c", "text", "varchar(100)"), retype("c", "char(5)", "char(10)"), retype("c", "char(5)", "text"),
	retype("c", "citext", "text"), retype("c", "text", "citext"), retype("c", "integer", "bigint"), retype("c", "bigint", "integer"),
	retype("c", "smallint", "integer"), retype("c", "integer", "numeric"), retype("c", "integer", "text"),
	retype("c", "numeric(10,2)", "numeric(12,2)"), retype("c", "numeric(10,2)", "numeric(12,3)"), retype("c", "numeric(10,2)", "numeric(8,2)"),
	retype("c", "numeric(10,2)", "numeric"), retype("c", "numeric", "numeric(10,2)"), retype("c", "numeric(10)", "numeric(12)"),
	retype("c", "timestamp", "timestamptz"), retype("c", "timestamptz", "timestamp"), retype("c", "timestamp(3)", "timestamp(6)"),
	retype("c", "timestamp(3)", "timestamp"), retype("c", "timestamp", "timestamp(3)"), retype("c", "timestamptz(0)", "timestamptz(3)"),
	retype("c", "date", "timestamp"), retype("c", "interval(3)", "interval"), retype("c", "time(3)", "time"), retype("c", "json", "jsonb"),
	retype("c", "cidr", "inet"), retype("c", "inet", "cidr"), retype("c", "varbit(4)", "varbit(8)"), retype("c", "bit(4)", "bit(8)"),
	retype("c", "real", "double precision"), retype("c", "uuid", "text"), retype("c", "xml", "text"),
	retype("c", "varchar[]", "text[]"), retype("c", "varchar(10)[]", "varchar(20)[]"), retype("c", "integer[]", "bigint[]"),
	{name: "add check", step: func(m *op.Migration) { m.AddConstraint("t", op.Check("c", "a > 0")) }},
	{name: "add check not valid", step: func(m *op.Migration) { m.AddConstraint("t", op.Check("c", "a > 0").NotValid()) }},
	{name: "add foreign key", step: func(m *op.Migration) {
		m.AddConstraint("t", op.ForeignKey("a").References("p", "id").Named("c"))
	}},
	{name: "add foreign key not valid", step: func(m *op.Migration) {
		m.AddConstraint("t", op.ForeignKey("a").References("p", "id").Named("c").NotValid())
	}},
	{
		name: "validate foreign key",
		given: func(m *op.Migration) {
			m.AddConstraint("t", op.ForeignKey("a").References("p", "id").Named("c").NotValid())
		},
		step: func(m *op.Migration) { m.ValidateConstraint("t", op.ForeignKeyConstraint, "c") },
	},
	{name: "add unique", step: func(m *op.Migration) { m.AddConstraint("t", op.Unique("a").Named("c")) }},
	{
		name:  "add unique using index",
		given: func(m *op.Migration) { m.CreateIndex("c", "t", "a").Unique() },
		step:  func(m *op.Migration) { m.AddConstraint("t", op.Unique("a").Named("c")).UsingIndex("c") },
	},
	{
		name:  "add primary key",
		given: func(m *op.Migration) { m.CreateTable("k", op.Column("id", "bigint").NotNull()) },
		step:  func(m *op.Migration) { m.AddConstraint("k", op.PrimaryKey("id")) },
	},
	{
		name:  "add primary key of nullable columns",
		given: func(m *op.Migration) { m.CreateTable("k", op.Column("id", "bigint")) },
		step:  func(m *op.Migration) { m.AddConstraint("k", op.PrimaryKey("id")) },
	},
	{name: "drop primary key", given: func(m *op.Migration) {
		m.CreateTable("k", op.Column("id", "bigint"), op.PrimaryKey("id").Named("k_pkey"))
	},
		step: func(m *op.Migration) { m.DropConstraint("k", op.PrimaryKeyConstraint, "k_pkey") }},
	{name: "drop foreign key", step: func(m *op.Migration) { m.DropConstraint("t", op.ForeignKeyConstraint, "t_pid_fkey") }},
	{name: "drop check", step: func(m *op.Migration) { m.DropConstraint("t", op.CheckConstraint, "t_b_check") }},
	{name: "rename check", step: func(m *op.Migration) { m.RenameConstraint("t", op.CheckConstraint, "t_b_check", "other") }},
	{name: "create index", step: func(m *op.Migration) { m.CreateIndex("c", "t", "a") }},
	{name: "create index concurrently", step: func(m *op.Migration) { m.CreateIndex("c", "t", "a").Concurrently() }},
	{name: "drop index", step: func(m *op.Migration) { m.DropIndex("t_txt", "t") }},
	{name: "rename index", step: func(m *op.Migration) { m.RenameIndex("t", "t_txt", "other") }},
	{name: "comment", step: func(m *op.Migration) { m.CommentTable("t", "x") }},
	{name: "fillfactor", step: func(m *op.Migration) { m.SetTableOption("t", "with", "fillfactor=70") }},
	{name: "unlogged", given: func(m *op.Migration) { m.CreateTable("k", op.Column("id", "bigint")) },
		step: func(m *op.Migration) { m.SetTableOption("k", "unlogged", "") }},
	{name: "row security", step: func(m *op.Migration) { m.SetTableOption("t", "row_security", "ENABLE") }},
	{name: "replica identity", step: func(m *op.Migration) { m.SetTableOption("t", "replica_identity", "FULL") }},
	{
		name:  "remove enum value",
		given: func(m *op.Migration) { m.CreateEnum("mood", "a", "b"); m.AddColumn("t", op.Column("c", "mood")) },
		step:  func(m *op.Migration) { m.RemoveEnumValues("mood", "b") },
	},
	{name: "add enum value", given: func(m *op.Migration) { m.CreateEnum("mood", "a", "b"); m.AddColumn("t", op.Column("c", "mood")) },
		step: func(m *op.Migration) { m.AddEnumValue("mood", "c") }},
	{name: "several at once", step: func(m *op.Migration) {
		m.BatchAlterTable("t", func(t *op.Table) {
			t.AddColumn(op.Column("c", "integer"))
			t.AlterColumn("a").Type("bigint")
			t.AlterColumn("v").Type("text")
		})
	}},
}
