package ddl_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// TestEffectsOnMySQL asks the server for each ALTER TABLE with the cheapest ALGORITHM and LOCK first, until it agrees, and
// looks whether the table was made anew.
func TestEffectsOnMySQL(t *testing.T) {
	db := servertest.OpenMySQL(t)
	ctx := context.Background()
	conn, err := db.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	server := serverOf(t, conn)

	for _, c := range mysqlEffects {
		t.Run(c.name, func(t *testing.T) {
			before, prepare := compileEffect(t, server, schema.New(server), recordEffect(t, server.Dialect, mysqlTables))
			if c.given != nil {
				var more []ddl.Statement
				before, more = compileEffect(t, server, before, recordEffect(t, server.Dialect, c.given))
				prepare = append(prepare, more...)
			}
			operations := recordEffect(t, server.Dialect, c.step)
			want := ddl.EffectOf(server, before, operations[0])
			_, statements := compileEffect(t, server, before, operations)
			mysqlExec(t, conn, append([]string{"DROP TABLE IF EXISTS t, p"}, texts(prepare)...)...)
			id := mysqlTableID(t, conn, server)
			got := cheapest(t, conn, server, statements[0].SQL)
			if strings.HasPrefix(statements[0].SQL, "ALTER") {
				got.Rewrites = got.Algorithm == "COPY" || mysqlTableID(t, conn, server) != id
			}
			got.Builds, got.Scans, got.Reason, got.Transactional = want.Builds, want.Scans, want.Reason, want.Transactional
			if g, w := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want); g != w {
				t.Errorf("%s\nserver   %s\nEffectOf %s", statements[0].SQL, g, w)
			}
		})
	}
}

// cheapest runs an ALTER TABLE with the cheapest algorithm and lock that the server accepts.
func cheapest(t *testing.T, conn *sql.Conn, server schema.Server, text string) ddl.Effect {
	t.Helper()
	algorithms := []string{"INSTANT", "INPLACE", "COPY"}
	if server.Flavor == schema.MariaDB {
		algorithms = []string{"INSTANT", "NOCOPY", "INPLACE", "COPY"}
	}
	var failed []string
	for _, algorithm := range algorithms {
		locks := []string{"NONE", "SHARED"}
		if algorithm == "INSTANT" {
			locks = locks[:1]
		}
		for _, lock := range locks {
			asked := text + ", ALGORITHM=" + algorithm
			if algorithm != "INSTANT" {
				asked += ", LOCK=" + lock
			}
			_, err := conn.ExecContext(context.Background(), asked)
			if err != nil {
				failed = append(failed, algorithm+" "+lock+": "+err.Error())
				continue
			}
			blocks := map[string]ddl.Access{"NONE": "", "SHARED": ddl.BlocksWrites}[lock]
			return ddl.Effect{Algorithm: algorithm, Locks: []ddl.TableLock{{Table: schema.Name{Name: "t"}, Mode: "LOCK=" + lock, Blocks: blocks}}}
		}
	}
	t.Fatalf("%s\n%s", text, strings.Join(failed, "\n"))
	return ddl.Effect{}
}

func serverOf(t *testing.T, conn *sql.Conn) schema.Server {
	t.Helper()
	var text string
	if err := conn.QueryRowContext(context.Background(), "SELECT VERSION()").Scan(&text); err != nil {
		t.Fatal(err)
	}
	server := schema.Server{Dialect: schema.MySQL}
	if strings.Contains(text, "MariaDB") {
		server.Flavor = schema.MariaDB
	}
	if _, err := fmt.Sscanf(text, "%d.%d.%d", &server.Version.Major, &server.Version.Minor, &server.Version.Patch); err != nil {
		t.Fatal(err)
	}
	return server
}

// mysqlTableID returns InnoDB's number of the table t, which changes when the table is made anew.
func mysqlTableID(t *testing.T, conn *sql.Conn, server schema.Server) int64 {
	t.Helper()
	catalog := "INNODB_TABLES"
	if server.Flavor == schema.MariaDB {
		catalog = "INNODB_SYS_TABLES"
	}
	var id int64
	if err := conn.QueryRowContext(context.Background(), "SELECT TABLE_ID FROM information_schema."+catalog+" WHERE NAME = CONCAT(DATABASE(), '/t')").Scan(&id); err != nil {
		t.Fatal(err)
	}
	return id
}

func mysqlExec(t *testing.T, conn *sql.Conn, statements ...string) {
	t.Helper()
	for _, text := range statements {
		if _, err := conn.ExecContext(context.Background(), text); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
}

// mysqlTables makes the tables that the cases are about: t, which refers to p.
func mysqlTables(m *op.Migration) {
	m.CreateTable("p", op.Column("id", "bigint").NotNull(), op.PrimaryKey("id"))
	m.CreateTable("t",
		op.Column("id", "bigint").NotNull(), op.Column("a", "int"), op.Column("b", "int").NotNull().Default("0"),
		op.Column("v", "varchar(20)").Charset("utf8mb4"), op.Column("i", "varchar(60)").Charset("utf8mb4"), op.Column("tx", "text"),
		op.Column("e", "enum('a','b')"), op.Column("pid", "bigint"), op.Column("pt", "point").NotNull(),
		op.PrimaryKey("id"),
		op.ForeignKey("pid").References("p", "id").Named("t_pid_fkey"),
		op.Check("t_b_check", "b >= 0"))
	m.CreateIndex("t_i", "t", "i")
}

func mysqlRetype(from, to string) effectCase {
	return effectCase{
		name:  from + " to " + to,
		given: func(m *op.Migration) { m.AddColumn("t", op.Column("c", from)) },
		step:  func(m *op.Migration) { m.AlterColumn("t", "c").Type(to) },
	}
}

func virtualIndex(m *op.Migration) {
	m.AddColumn("t", op.Column("g", "int").GeneratedVirtual("a + 1"))
	m.CreateIndex("t_g", "t", "g")
}

var mysqlEffects = []effectCase{
	addColumn("nullable", op.Column("c", "int")),
	addColumn("constant default", op.Column("c", "int").NotNull().Default("5")),
	addColumn("not null", op.Column("c", "int").NotNull()),
	addColumn("current_timestamp", op.Column("c", "datetime(6)").NotNull().Default("CURRENT_TIMESTAMP(6)")),
	addColumn("text", op.Column("c", "text")),
	addColumn("virtual", op.Column("c", "int").GeneratedVirtual("a + 1")),
	addColumn("stored", op.Column("c", "int").GeneratedStored("a + 1")),
	{name: "add column first", step: func(m *op.Migration) { m.AddColumn("t", op.Column("c", "int")).First() }},
	{name: "add column after", step: func(m *op.Migration) { m.AddColumn("t", op.Column("c", "int")).After("a") }},
	{
		name:  "add column first beside a generated one",
		given: func(m *op.Migration) { m.AddColumn("t", op.Column("g", "int").GeneratedVirtual("a + 1")) },
		step:  func(m *op.Migration) { m.AddColumn("t", op.Column("c", "int")).First() },
	},
	{
		name:  "add column beside a fulltext index",
		given: func(m *op.Migration) { m.CreateIndex("ft", "t", "tx").Using("fulltext") },
		step:  func(m *op.Migration) { m.AddColumn("t", op.Column("c", "int")) },
	},
	{name: "add column to a compressed table", given: func(m *op.Migration) { m.SetTableOption("t", "row_format", "COMPRESSED") },
		step: func(m *op.Migration) { m.AddColumn("t", op.Column("c", "int")) }},
	{name: "drop column", step: func(m *op.Migration) { m.DropColumn("t", "a") }},
	{name: "drop indexed column", step: func(m *op.Migration) { m.DropColumn("t", "i") }},
	{name: "drop column beside an index on a virtual one", given: virtualIndex, step: func(m *op.Migration) { m.DropColumn("t", "pt") }},
	{name: "drop indexed virtual column", given: virtualIndex, step: func(m *op.Migration) { m.DropColumn("t", "g") }},
	{name: "add column beside an index on a virtual one", given: virtualIndex, step: func(m *op.Migration) { m.AddColumn("t", op.Column("c", "int")) }},
	{name: "set not null beside an index on a virtual column", given: virtualIndex, step: func(m *op.Migration) { m.AlterColumn("t", "e").NotNull() }},
	{name: "add primary key beside a fulltext index", given: func(m *op.Migration) {
		m.CreateIndex("ft", "t", "tx").Using("fulltext")
		m.DropConstraint("t", op.PrimaryKeyConstraint, "")
	}, step: func(m *op.Migration) { m.AddConstraint("t", op.PrimaryKey("id")) }},
	{name: "rename column", step: func(m *op.Migration) { m.RenameColumn("t", "a", "aa") }},
	{name: "rename column with a check", step: func(m *op.Migration) { m.RenameColumn("t", "b", "bb") }},
	{name: "move column", step: func(m *op.Migration) { m.AlterColumn("t", "b").First() }},
	{name: "set default", step: func(m *op.Migration) { m.AlterColumn("t", "a").Default("7") }},
	{name: "drop default", step: func(m *op.Migration) { m.AlterColumn("t", "b").NoDefault() }},
	{name: "set expression default", step: func(m *op.Migration) { m.AlterColumn("t", "a").Default("(1 + 1)") }},
	{name: "set not null", step: func(m *op.Migration) { m.AlterColumn("t", "a").NotNull() }},
	{
		name:  "set not null beside a generated column",
		given: func(m *op.Migration) { m.AddColumn("t", op.Column("g", "int").GeneratedStored("a + 1")) },
		step:  func(m *op.Migration) { m.AlterColumn("t", "e").NotNull() },
	},
	{
		name:  "set not null beside a virtual column",
		given: func(m *op.Migration) { m.AddColumn("t", op.Column("g", "int").GeneratedVirtual("a + 1")) },
		step:  func(m *op.Migration) { m.AlterColumn("t", "e").NotNull() },
	},
	{
		name:  "drop not null beside a stored column",
		given: func(m *op.Migration) { m.AddColumn("t", op.Column("g", "int").GeneratedStored("a + 1")) },
		step:  func(m *op.Migration) { m.AlterColumn("t", "b").Null() },
	},
	{name: "drop not null", step: func(m *op.Migration) { m.AlterColumn("t", "b").Null() }},
	{name: "column comment", step: func(m *op.Migration) { m.AlterColumn("t", "b").Comment("hi") }},
	{name: "invisible", step: func(m *op.Migration) { m.AlterColumn("t", "b").Option("invisible", "") }},
	{name: "auto_increment", step: func(m *op.Migration) { m.AlterColumn("t", "id").AutoIncrement() }},
	{name: "comment", step: func(m *op.Migration) { m.CommentTable("t", "hi") }},
	{name: "row format", step: func(m *op.Migration) { m.SetTableOption("t", "row_format", "COMPRESSED") }},
	mysqlRetype("int", "bigint"), mysqlRetype("int", "int unsigned"), mysqlRetype("int", "varchar(20)"),
	mysqlRetype("tinyint(1)", "int"), mysqlRetype("text", "mediumtext"), mysqlRetype("char(5)", "char(10)"),
	mysqlRetype("decimal(10,2)", "decimal(12,2)"), mysqlRetype("datetime", "datetime(6)"), mysqlRetype("timestamp", "datetime"),
	mysqlRetype("float", "double"), mysqlRetype("varbinary(10)", "varbinary(20)"), mysqlRetype("varbinary(200)", "varbinary(300)"),
	{name: "varchar(20) to varchar(63)", step: func(m *op.Migration) { m.AlterColumn("t", "v").Type("varchar(63)") }},
	{name: "varchar(20) to varchar(64)", step: func(m *op.Migration) { m.AlterColumn("t", "v").Type("varchar(64)") }},
	{name: "varchar(60) to varchar(64), indexed", step: func(m *op.Migration) { m.AlterColumn("t", "i").Type("varchar(64)") }},
	{name: "varchar(60) to varchar(63), indexed", step: func(m *op.Migration) { m.AlterColumn("t", "i").Type("varchar(63)") }},
	{name: "varchar narrower", step: func(m *op.Migration) { m.AlterColumn("t", "v").Type("varchar(10)") }},
	{name: "varchar of latin1", given: func(m *op.Migration) { m.AddColumn("t", op.Column("c", "varchar(20)").Charset("latin1")) },
		step: func(m *op.Migration) { m.AlterColumn("t", "c").Type("varchar(256)") }},
	{name: "varchar of latin1 with 200", given: func(m *op.Migration) { m.AddColumn("t", op.Column("c", "varchar(200)").Charset("latin1")) },
		step: func(m *op.Migration) { m.AlterColumn("t", "c").Type("varchar(255)") }},
	{name: "enum append", step: func(m *op.Migration) { m.AlterColumn("t", "e").Type("enum('a','b','c')") }},
	{name: "enum insert", step: func(m *op.Migration) { m.AlterColumn("t", "e").Type("enum('a','c','b')") }},
	{name: "enum remove", step: func(m *op.Migration) { m.AlterColumn("t", "e").Type("enum('a')") }},
	{name: "set beyond eight", given: func(m *op.Migration) { m.AddColumn("t", op.Column("c", "set('1','2','3','4','5','6','7','8')")) },
		step: func(m *op.Migration) { m.AlterColumn("t", "c").Type("set('1','2','3','4','5','6','7','8','9')") }},
	{name: "charset", step: func(m *op.Migration) { m.AlterColumn("t", "v").Charset("latin1") }},
	{name: "collation", step: func(m *op.Migration) { m.AlterColumn("t", "v").Collate("utf8mb4_bin") }},
	{name: "collation, indexed", step: func(m *op.Migration) { m.AlterColumn("t", "i").Collate("utf8mb4_bin") }},
	{name: "virtual expression", given: func(m *op.Migration) { m.AddColumn("t", op.Column("g", "int").GeneratedVirtual("a + 1")) },
		step: func(m *op.Migration) { m.AlterColumn("t", "g").GeneratedVirtual("a + 5") }},
	{name: "stored expression", given: func(m *op.Migration) { m.AddColumn("t", op.Column("g", "int").GeneratedStored("a + 1")) },
		step: func(m *op.Migration) { m.AlterColumn("t", "g").GeneratedStored("a + 5") }},
	{name: "create index", step: func(m *op.Migration) { m.CreateIndex("ix", "t", "a") }},
	{name: "create unique index", step: func(m *op.Migration) { m.CreateIndex("ix", "t", "a").Unique() }},
	{name: "create fulltext index", step: func(m *op.Migration) { m.CreateIndex("ix", "t", "tx").Using("fulltext") }},
	{name: "create spatial index", step: func(m *op.Migration) { m.CreateIndex("ix", "t", "pt").Using("spatial") }},
	{name: "drop index", step: func(m *op.Migration) { m.DropIndex("t_i", "t") }},
	{name: "rename index", step: func(m *op.Migration) { m.RenameIndex("t", "t_i", "other") }},
	{name: "add unique", step: func(m *op.Migration) { m.AddConstraint("t", op.Unique("a").Named("u")) }},
	{name: "add check", step: func(m *op.Migration) { m.AddConstraint("t", op.Check("c", "a > 0")) }},
	{name: "drop check", step: func(m *op.Migration) { m.DropConstraint("t", op.CheckConstraint, "t_b_check") }},
	{name: "add foreign key", step: func(m *op.Migration) {
		m.AddConstraint("t", op.ForeignKey("id").References("p", "id").Named("fk"))
	}},
	{name: "drop foreign key", step: func(m *op.Migration) { m.DropConstraint("t", op.ForeignKeyConstraint, "t_pid_fkey") }},
	{name: "drop primary key", step: func(m *op.Migration) { m.DropConstraint("t", op.PrimaryKeyConstraint, "") }},
	{name: "change primary key", step: func(m *op.Migration) {
		m.BatchAlterTable("t", func(t *op.Table) {
			t.DropConstraint(op.PrimaryKeyConstraint, "")
			t.AddConstraint(op.PrimaryKey("id", "b"))
		})
	}},
	{name: "several at once", step: func(m *op.Migration) {
		m.BatchAlterTable("t", func(t *op.Table) {
			t.AddColumn(op.Column("c", "int"))
			t.AlterColumn("a").Type("bigint")
		})
	}},
}
