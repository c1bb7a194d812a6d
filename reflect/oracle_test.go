package reflect_test

import (
	"database/sql"
	"encoding/json"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/reflect"
	"github.com/retort-db/retort/schema"
)

type oracleAuthor struct {
	bun.BaseModel `bun:"table:authors"`
	ID            int64 `bun:",pk,autoincrement"`
	Name          string
	Books         []*oracleBook `bun:"rel:has-many,join:id=author_id"`
}

type oracleBook struct {
	bun.BaseModel `bun:"table:books"`
	ID            int32 `bun:",pk,autoincrement"`
	AuthorID      int64
	Author        *oracleAuthor `bun:"rel:belongs-to,join:author_id=id,on_delete:set null"`
	EditorID      int64         `bun:"editorId,notnull"`
	Editor        *oracleAuthor `bun:"rel:belongs-to,join:editorId=id,on_delete:cascade,on_update:cascade"`
	ParentID      *int32
	Parent        *oracleBook `bun:"rel:belongs-to"`
	Tags          []oracleTag `bun:"m2m:book_tags,join:Book=Tag"`
}

type oracleTag struct {
	bun.BaseModel `bun:"table:tags"`
	ID            int64        `bun:",pk"`
	Label         string       `bun:",notnull,unique"`
	Books         []oracleBook `bun:"m2m:book_tags,join:Tag=Book"`
}

type oracleBookTag struct {
	bun.BaseModel `bun:"table:book_tags"`
	BookID        int32       `bun:",pk"`
	Book          *oracleBook `bun:"rel:belongs-to,join:book_id=id"`
	TagID         int64       `bun:",pk"`
	Tag           *oracleTag  `bun:"rel:belongs-to,join:tag_id=id,on_delete:restrict"`
}

type oracleTypes struct {
	bun.BaseModel `bun:"table:kinds_of_types"`

	Bool     bool `bun:",notnull,default:false"`
	NullBool sql.NullBool
	Int      int
	Uint64   *uint64
	Int16    int16 `bun:",default:-1"`
	Uint8    uint8
	Int32    int32 `bun:",default:7"`
	Float32  float32
	Float64  float64
	Duration time.Duration
	String   string    `bun:",default:'it''s'"`
	Sized    string    `bun:"type:varchar(36),notnull"`
	Upper    string    `bun:"type:VARCHAR"`
	Char     string    `bun:"type:char(2)"`
	Number   string    `bun:"type:numeric(10,2),default:0"`
	Text     string    `bun:"type:text"`
	Date     string    `bun:"type:date"`
	Time     time.Time `bun:",notnull,default:current_timestamp"`
	TimePtr  *time.Time
	Bytes    []byte
	IP       net.IP
	Map      map[string]any
	Raw      json.RawMessage
	Strings  []string `bun:",array"`
	Document document
	Checked  int    `bun:"type:int CHECK (checked > 0)"`
	Stored   int    `bun:"type:int GENERATED ALWAYS AS (checked * 2) STORED"`
	Quoted   string `bun:"weird \"\" name,unique"`
	Order    string `bun:"order,unique:grp"`
	Group    string `bun:"group,unique:grp"`
	timestamps
	Home oraclePlace `bun:"embed:home_"`
}

type oraclePlace struct {
	Street string `bun:",notnull"`
	Zip    string `bun:",unique"`
	Code   string `bun:",unique:codes"`
	Where  point  `bun:"embed:at_"`
}

type oracleKeys struct {
	bun.BaseModel `bun:"table:keys"`
	B             int64 `bun:",pk"`
	A             int64 `bun:",pk"`
}

type oracleKeyRef struct {
	bun.BaseModel `bun:"table:key_refs"`
	ID            int64 `bun:",pk,autoincrement"`
	CA, CB        int64
	Target        *oracleKeys `bun:"rel:belongs-to,join:cb=b,join:ca=a"`
}

type oracleAloneSerial struct {
	bun.BaseModel `bun:"table:serials"`
	ID            int16 `bun:",pk,autoincrement"`
	Number        int64 `bun:",notnull"`
}

// oracleModels are the kitchen sink: what bun's tags can say on all engines.
var oracleModels = []any{
	(*oracleAuthor)(nil), (*oracleBook)(nil), (*oracleTag)(nil), (*oracleBookTag)(nil), (*oracleTypes)(nil), (*oracleKeys)(nil),
	(*oracleKeyRef)(nil), (*oracleAloneSerial)(nil),
}

// A database that bun created from the models and one that Retort created from them are the same, as introspection sees
// them.
func TestSameAsBun(t *testing.T) {
	sameAsBun(t, oracleModels, []any{(*oracleBookTag)(nil)})
}

// oraclePostgres has the types that bun knows on PostgreSQL alone.
type oraclePostgres struct {
	bun.BaseModel `bun:"table:postgres_types"`
	ID            int64             `bun:",pk,autoincrement"`
	Pairs         map[string]string `bun:",hstore"`
	Price         document          `bun:"composite:money_amount"`
	Packed        document          `bun:",msgpack,type:bytea"`
	Names         []string          `bun:",array,notnull,default:'{}'"`
	Matrix        [][]int64         `bun:"type:bigint[][]"`
	Always        int64             `bun:",identity"`
	Address       net.IPNet         `bun:"type:cidr"`
}

type oracleMultirange struct {
	bun.BaseModel `bun:"table:bookings"`
	ID            int64                        `bun:",pk,autoincrement"`
	During        []pgdialect.Range[time.Time] `bun:"type:tstzmultirange,multirange"`
}

// Types that an extension or the schema itself brings; multiranges came with PostgreSQL 14.
func TestSameAsBunOnPostgres(t *testing.T) {
	if !slices.Contains(servertest.Engines(), servertest.EnginePostgres) {
		return
	}
	models := []any{(*oraclePostgres)(nil)}
	server, err := introspect.ServerOf(t.Context(), servertest.OpenPostgres(t), schema.Postgres)
	if err != nil {
		t.Fatal(err)
	}
	if server.Version.Major >= 14 {
		models = append(models, (*oracleMultirange)(nil))
	}
	sameAsBunOn(t, servertest.EnginePostgres, models, nil,
		"CREATE EXTENSION hstore", "CREATE TYPE money_amount AS (amount numeric(12,2), currency char(3))")
}

// sameAsBun creates models twice on each engine, by bun and by Retort. Bun wants the junctions of m2m relations first.
func sameAsBun(t *testing.T, models, junctions []any) {
	t.Helper()
	for _, engine := range servertest.Engines() {
		t.Run(engine, func(t *testing.T) { sameAsBunOn(t, engine, models, junctions) })
	}
}

// sameAsBunOn does it on one engine, after the statements that prepare a database.
func sameAsBunOn(t *testing.T, engine string, models, junctions []any, prepare ...string) {
	t.Helper()
	dialect, err := schema.ParseDialect(engine)
	if err != nil {
		t.Fatal(err)
	}
	byBun := prepared(t, engine, prepare)
	createByBun(t, byBun, dialect, models, junctions)
	want, err := introspect.Read(t.Context(), byBun, dialect, introspect.Options{})
	if err != nil {
		t.Fatal(err)
	}

	server := want.Server
	options := reflect.Options{Flavor: server.Flavor, Version: server.Version}
	reflected, _ := read(t, dialect, options, models...)
	byRetort := prepared(t, engine, prepare)
	statements, err := ddl.Create(server, reflected)
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range statements {
		if _, err := byRetort.ExecContext(t.Context(), statement.SQL); err != nil {
			t.Fatalf("%s: %v", statement.SQL, err)
		}
	}
	got, err := introspect.Read(t.Context(), byRetort, dialect, introspect.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(comparable(t, dialect, want), comparable(t, dialect, got)); diff != "" {
		t.Errorf("by bun (-) and by Retort (+):\n%s", diff)
	}
	if diff := cmp.Diff(outline(dialect, reflected), outline(dialect, got)); diff != "" {
		t.Errorf("reflected (-) and read from the database that was made of it (+):\n%s", diff)
	}
}

// prepared opens a fresh database and runs the statements there.
func prepared(t *testing.T, engine string, statements []string) *sql.DB {
	t.Helper()
	db := servertest.Open(t, servertest.URL(t, engine))
	for _, statement := range statements {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	return db
}

func createByBun(t *testing.T, pool *sql.DB, dialect schema.Dialect, models, junctions []any) {
	t.Helper()
	bunDialect, err := reflect.BunDialect(dialect)
	if err != nil {
		t.Fatal(err)
	}
	db := bun.NewDB(pool, bunDialect)
	db.RegisterModel(junctions...)
	db.RegisterModel(models...)
	reflected, _ := read(t, dialect, reflect.Options{}, models...)
	for _, value := range inOrderOfKeys(t, reflected, db, models) {
		if _, err := db.NewCreateTable().Model(value).WithForeignKeys().Exec(t.Context()); err != nil {
			t.Fatalf("%T: %v\n%s", value, err, db.NewCreateTable().Model(value).WithForeignKeys())
		}
	}
}

// comparable returns a schema as lines, without what the two databases need not have in common: their own names, and on
// MySQL and SQLite the names of constraints, which bun leaves to the engine.
func comparable(t *testing.T, dialect schema.Dialect, s *schema.Schema) string {
	t.Helper()
	s = s.Clone()
	s.Tables.Sort()
	for table := range s.Tables.All() {
		sortParts(table, dialect != schema.Postgres)
		for _, column := range table.Columns {
			if lower := strings.ToLower(column.Type); ddl.EqualTypes(s.Server, lower, column.Type) == ddl.Equal {
				column.Type = lower // SQLite keeps the case that was written
			}
		}
	}
	s.DefaultNamespace = ""
	text, err := json.MarshalIndent(s.Tables, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// outline writes what a schema consists of without the spelling of types and expressions, which is the server's.
func outline(dialect schema.Dialect, s *schema.Schema) string {
	s = s.Clone()
	s.Tables.Sort()
	var out strings.Builder
	for table := range s.Tables.All() {
		sortParts(table, dialect != schema.Postgres)
		out.WriteString("table " + table.Name.Name + "\n")
		for _, column := range table.Columns {
			identity := ""
			if column.Identity != nil {
				identity = " " + string(column.Identity.Kind)
			}
			out.WriteString("  " + column.Name + when(column.NotNull, " not null") + identity + when(column.Default != "", " default") +
				when(column.Generated != nil, " generated") + "\n")
		}
		if key := table.PrimaryKey; key != nil {
			out.WriteString("  primary key " + named(key.Name, key.Columns) + "\n")
		}
		for _, unique := range table.Uniques {
			out.WriteString("  unique " + named(unique.Name, unique.Columns) + "\n")
		}
		sortBy(table.Indexes, (*schema.Index).PartName)
		for _, index := range table.Indexes {
			out.WriteString("  index " + named(index.Name, index.Columns()) + "\n")
		}
		for _, key := range table.ForeignKeys {
			if dialect == schema.MySQL && key.OnDelete == schema.Restrict { // the same as NO ACTION there
				key.OnDelete = schema.NoAction
			}
			out.WriteString("  foreign key " + named(key.Name, key.Columns) + " " + key.RefTable.Name + named("", key.RefColumns) +
				suffix("delete", string(key.OnDelete)) + suffix("update", string(key.OnUpdate)) + "\n")
		}
		for _, check := range table.Checks {
			if !strings.Contains(check.Expr, "json_valid") { // MariaDB adds it to columns of type json
				out.WriteString("  check " + check.Name + "\n")
			}
		}
	}
	return out.String()
}

func sortParts(table *schema.Table, unnamed bool) {
	indexes := table.Indexes[:0]
	for _, index := range table.Indexes {
		if !index.Implicit {
			indexes = append(indexes, index)
		}
	}
	table.Indexes = indexes
	sortBy(table.Indexes, (*schema.Index).PartName)
	for _, unique := range table.Uniques {
		if unnamed { // a group's name is bun's, the others are the engine's
			unique.Name = ""
		}
	}
	for _, key := range table.ForeignKeys {
		if unnamed {
			key.Name = ""
		}
	}
	for _, check := range table.Checks {
		if unnamed {
			check.Name, check.Options = "", nil // MariaDB remembers a check that was written with its column
		}
	}
	sortBy(table.Uniques, func(u *schema.Unique) string { return u.Name + named("", u.Columns) })
	sortBy(table.ForeignKeys, func(k *schema.ForeignKey) string { return k.Name + named("", k.Columns) })
	sortBy(table.Checks, func(c *schema.Check) string { return c.Name + c.Expr })
}
