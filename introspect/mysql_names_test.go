package introspect_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/mysqldialect"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
)

// TestMySQLSessionModes reads and creates under session settings that change how SQL is written.
func TestMySQLSessionModes(t *testing.T) {
	url := servertest.MySQL(t)
	plain := openMySQLAt(t, url)
	loadMySQL(t, plain, "forum.sql")
	execMySQL(t, plain, "CREATE TABLE `q\"uoted` (`a``b` varchar(30) DEFAULT 'x\\\\y' COMMENT 'c\\\\', v varbinary(8) DEFAULT x'00ff22', FULLTEXT KEY `f\"t` (`a``b`))")
	want := readMySQL(t, plain)
	for _, mode := range []string{"", "ANSI_QUOTES", "NO_BACKSLASH_ESCAPES", "ANSI,NO_BACKSLASH_ESCAPES,STRICT_ALL_TABLES", "NO_BACKSLASH_ESCAPES,PAD_CHAR_TO_FULL_LENGTH"} {
		t.Run(mode, func(t *testing.T) {
			setting := "sql_mode=" + strings.ReplaceAll("'"+mode+"'", ",", "%2C")
			source := openMySQLAt(t, withParameter(url, setting))
			got := readMySQL(t, source)
			if diff := cmp.Diff(want, got, compareSchemas); diff != "" {
				t.Errorf("reads otherwise (-default +mode):\n%s", diff)
			}
			targetURL := servertest.MySQL(t)
			target := openMySQLAt(t, withParameter(targetURL, setting))
			createMySQL(t, target, withoutTriggersAndViews(got))
			copied := readMySQL(t, target)
			if diff := cmp.Diff(list(want.Tables), list(copied.Tables)); diff != "" {
				t.Errorf("the copy reads otherwise (-source +copy):\n%s", diff)
			}
		})
	}
}

func withoutTriggersAndViews(s *schema.Schema) *schema.Schema {
	s = s.Clone()
	s.Triggers, s.Views = schema.Objects[*schema.Trigger]{}, schema.Objects[*schema.View]{}
	return s
}

func withParameter(url, parameter string) string {
	if strings.Contains(url, "?") {
		return url + "&" + parameter
	}
	return url + "?" + parameter
}

func TestMySQLReadsThroughBun(t *testing.T) {
	db := openMySQL(t)
	loadMySQL(t, db, "shop.sql")
	want := readMySQL(t, db)
	got := readMySQL(t, bun.NewDB(db.DB, mysqldialect.New()))
	if diff := cmp.Diff(want, got, compareSchemas); diff != "" {
		t.Error(diff)
	}
}

func TestMySQLReadsSomeTables(t *testing.T) {
	db := openMySQL(t)
	loadMySQL(t, db, "shop.sql")
	read, err := introspect.Read(t.Context(), db, schema.MySQL, introspect.Options{Tables: []schema.Name{{Name: "orders"}, {Name: "warehouse"}}})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for table := range read.Tables.All() {
		names = append(names, table.Name.Name)
	}
	if got := strings.Join(names, " "); got != "orders warehouse" {
		t.Errorf("read %q", got)
	}
	full := readMySQL(t, db)
	if diff := cmp.Diff(full.Table(schema.Name{Name: "orders"}), read.Table(schema.Name{Name: "orders"})); diff != "" {
		t.Error(diff)
	}
}

func TestMySQLReadsOtherDatabases(t *testing.T) {
	first, second := openMySQL(t), openMySQL(t)
	other := currentDatabase(t, second)
	execMySQL(t, second, "CREATE TABLE parent (id int NOT NULL PRIMARY KEY)")
	execMySQL(t, first, "CREATE TABLE child (id int NOT NULL PRIMARY KEY, CONSTRAINT fk FOREIGN KEY (id) REFERENCES "+other+".parent (id))")
	t.Cleanup(func() { _, _ = first.ExecContext(context.WithoutCancel(t.Context()), "DROP TABLE child") })
	read, err := introspect.Read(t.Context(), first, schema.MySQL, introspect.Options{Namespaces: []string{other}})
	if err != nil {
		t.Fatal(err)
	}
	parent := schema.Name{Schema: other, Name: "parent"}
	if read.Table(parent) == nil || read.Table(schema.Name{Name: "child"}) == nil {
		t.Fatal("a table is missing")
	}
	if key := read.Table(schema.Name{Name: "child"}).ForeignKey("fk"); key.RefTable != parent {
		t.Errorf("the foreign key refers to %s", key.RefTable)
	}
	from, err := introspect.Read(t.Context(), first, schema.MySQL, introspect.Options{DefaultNamespace: other})
	if err != nil {
		t.Fatal(err)
	}
	if from.Table(schema.Name{Name: "parent"}) == nil {
		t.Error("the default namespace's table has a namespace")
	}
}

// TestMySQLImplicitIndex tells indexes that the server made for foreign keys from those that a person made.
func TestMySQLImplicitIndex(t *testing.T) {
	db := openMySQL(t)
	for _, statement := range []string{
		"CREATE TABLE p (id int NOT NULL PRIMARY KEY)",
		"CREATE TABLE unnamed (a int, b int, FOREIGN KEY (a) REFERENCES p (id), KEY a_b (b))",
		"CREATE TABLE named (a int, CONSTRAINT fk_named FOREIGN KEY (a) REFERENCES p (id))",
		"CREATE TABLE own (a int, KEY ix_own (a), CONSTRAINT fk_own FOREIGN KEY (a) REFERENCES p (id))",
	} {
		execMySQL(t, db, statement)
	}
	read := readMySQL(t, db)
	var got []string
	for table := range read.Tables.All() {
		for _, index := range table.Indexes {
			got = append(got, fmt.Sprint(table.Name, " ", index.Name, " ", index.Implicit))
		}
	}
	want := []string{"named fk_named true", "own ix_own false", "unnamed a true", "unnamed a_b false"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestMySQLErrors(t *testing.T) {
	db := openMySQL(t)
	t.Run("no such database", func(t *testing.T) {
		_, err := introspect.Read(t.Context(), db, schema.MySQL, introspect.Options{DefaultNamespace: "nowhere"})
		if err == nil || !strings.Contains(err.Error(), "nowhere") {
			t.Error(err)
		}
	})
	t.Run("cancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := introspect.Read(ctx, db, schema.MySQL, introspect.Options{})
		if !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	t.Run("lost connection", func(t *testing.T) {
		conn, err := db.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		var id int64
		if err := conn.QueryRowContext(t.Context(), "SELECT CONNECTION_ID()").Scan(&id); err != nil {
			t.Fatal(err)
		}
		execMySQL(t, db, fmt.Sprintf("KILL %d", id))
		if _, err := introspect.Read(t.Context(), conn, schema.MySQL, introspect.Options{}); err == nil {
			t.Error("no error")
		}
	})
	t.Run("broken view", func(t *testing.T) {
		db := openMySQL(t)
		execMySQL(t, db, "CREATE TABLE gone (id int)")
		execMySQL(t, db, "CREATE VIEW broken AS SELECT id FROM gone")
		execMySQL(t, db, "CREATE TABLE stays (id int)")
		execMySQL(t, db, "DROP TABLE gone")
		read := readMySQL(t, db)
		if read.Table(schema.Name{Name: "stays"}) == nil || !read.Views.Has(schema.Name{Name: "broken"}) {
			t.Error("a broken view hides something")
		}
	})
}
