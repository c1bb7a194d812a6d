package reflect_test

import (
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"math/big"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/uptrace/bun"
	bunschema "github.com/uptrace/bun/schema"

	"github.com/retort-db/retort/reflect"
	"github.com/retort-db/retort/schema"
)

type document struct{ A int }

type valuerStruct struct{ text string }

func (v valuerStruct) Value() (driver.Value, error) { return v.text, nil }

type level uint8

type mood string

type uuidArray [16]byte

type stringList []string

type goTypes struct {
	bun.BaseModel `bun:"table:go_types"`

	Bool      bool
	BoolPtr   *bool
	NullBool  sql.NullBool
	Int       int
	Int64Ptr  *int64
	Uint64    uint64
	NullInt64 sql.NullInt64
	Duration  time.Duration
	Int8      int8
	Uint16    uint16
	Level     level
	Int32     int32
	Uint32    uint32
	Float32   float32
	Float64   float64
	NullFloat sql.NullFloat64
	NullInt32 sql.NullInt32
	NullOf    sql.Null[string]
	Map       map[string]string
	Document  document
	DocPtr    *document
	Strings   []string
	Big       *big.Int
	Addr      netip.Addr
	Valuer    valuerStruct
	NullStr   sql.NullString
	String    string
	StringPtr *string
	Mood      mood
	NullTime  sql.NullTime
	BunTime   bunschema.NullTime
	Time      time.Time
	TimePtr   *time.Time
	Bytes     []byte
	IP        net.IP
	Raw       json.RawMessage
	Array     []string          `bun:",array"`
	List      stringList        `bun:",array"`
	Ints      []int64           `bun:",array"`
	Nested    [][]string        `bun:",array"`
	HStore    map[string]string `bun:",hstore"`
	Composite document          `bun:"composite:Thing"`
	Net       net.IPNet
	Range     string `bun:",type:tstzmultirange"`
}

func TestGoTypes(t *testing.T) {
	columns := []struct{ name, postgres, mysql, sqlite string }{
		{"bool", "boolean", "boolean", "boolean"},
		{"bool_ptr", "boolean", "boolean", "boolean"},
		{"null_bool", "boolean", "boolean", "boolean"},
		{"int", "bigint", "bigint", "integer"},
		{"int64_ptr", "bigint", "bigint", "integer"},
		{"uint64", "bigint", "bigint", "integer"},
		{"null_int64", "bigint", "bigint", "integer"},
		{"duration", "bigint", "bigint", "integer"},
		{"int8", "smallint", "smallint", "integer"},
		{"uint16", "smallint", "smallint", "integer"},
		{"level", "smallint", "smallint", "integer"},
		{"int32", "integer", "integer", "integer"},
		{"uint32", "integer", "integer", "integer"},
		{"float32", "real", "real", "real"},
		{"float64", "double precision", "double precision", "double precision"},
		{"null_float", "double precision", "double precision", "double precision"},
		{"null_int32", "jsonb", "varchar(255)", "varchar"},
		{"null_of", "jsonb", "varchar(255)", "varchar"},
		{"map", "jsonb", "varchar(255)", "varchar"},
		{"document", "jsonb", "varchar(255)", "varchar"},
		{"doc_ptr", "jsonb", "varchar(255)", "varchar"},
		{"strings", "jsonb", "varchar(255)", "varchar"},
		{"big", "jsonb", "varchar(255)", "varchar"},
		{"addr", "jsonb", "varchar(255)", "varchar"},
		{"valuer", "jsonb", "varchar(255)", "varchar"},
		{"null_str", "varchar", "varchar(255)", "varchar"},
		{"string", "varchar", "varchar(255)", "varchar"},
		{"string_ptr", "varchar", "varchar(255)", "varchar"},
		{"mood", "varchar", "varchar(255)", "varchar"},
		{"null_time", "timestamptz", "datetime", "timestamp"},
		{"bun_time", "timestamptz", "datetime", "timestamp"},
		{"time", "timestamptz", "datetime", "timestamp"},
		{"time_ptr", "timestamptz", "datetime", "timestamp"},
		{"bytes", "bytea", "blob", "blob"},
		{"ip", "bytea", "blob", "blob"},
		{"raw", "jsonb", "json", "json"},
		{"array", "varchar[]", "varchar(255)", "varchar"},
		{"list", "varchar[]", "varchar(255)", "varchar"},
		{"ints", "bigint[]", "varchar(255)", "varchar"},
		{"nested", "jsonb[]", "varchar(255)", "varchar"},
		{"h_store", "hstore", "varchar(255)", "varchar"},
		{"composite", "Thing", "varchar(255)", "varchar"},
		{"net", "cidr", "varchar(255)", "varchar"},
		{"range", "tstzmultirange", "tstzmultirange", "tstzmultirange"},
	}
	for _, dialect := range schema.Dialects {
		s, _ := read(t, dialect, reflect.Options{}, (*goTypes)(nil))
		table := s.Table(schema.Name{Name: "go_types"})
		if len(table.Columns) != len(columns) {
			t.Errorf("%s: %d columns, want %d", dialect, len(table.Columns), len(columns))
		}
		for _, want := range columns {
			wantType := map[schema.Dialect]string{schema.Postgres: want.postgres, schema.MySQL: want.mysql, schema.SQLite: want.sqlite}[dialect]
			column := table.Column(want.name)
			if column == nil {
				t.Errorf("%s: no column %s", dialect, want.name)
				continue
			}
			if got := column.Type; got != wantType {
				t.Errorf("%s: %s has type %s, want %s", dialect, want.name, got, wantType)
			}
		}
	}
}

// Each case is a trap of bun's tags: what its CREATE TABLE does, which is not always what the tag seems to say.
func TestColumnTraps(t *testing.T) {
	type serials struct {
		bun.BaseModel `bun:"table:t"`
		ID            int64 `bun:",pk,autoincrement"`
		ID32          int32 `bun:",autoincrement"`
		ID16          int16 `bun:",autoincrement"`
		Lower         int64 `bun:"type:bigint,autoincrement"`
		Upper         int64 `bun:"type:BIGINT,autoincrement"`
		Ident         int64 `bun:",identity"`
		Serial        int64 `bun:"type:bigserial"`
	}
	type loneSerial struct {
		bun.BaseModel `bun:"table:t"`
		ID            int64 `bun:",pk,autoincrement"`
	}
	type lowerSerial struct {
		bun.BaseModel `bun:"table:t"`
		ID            int64 `bun:"type:integer,pk,autoincrement"`
	}
	type wideSerial struct {
		bun.BaseModel `bun:"table:t"`
		ID            int64 `bun:"type:bigint,pk,autoincrement"`
	}
	type compositeSerial struct {
		bun.BaseModel `bun:"table:t"`
		ID            int64 `bun:",pk,autoincrement"`
		Part          int64 `bun:",pk"`
	}
	type identity struct {
		bun.BaseModel `bun:"table:t"`
		ID            int64 `bun:",pk,identity"`
	}
	type defaults struct {
		bun.BaseModel `bun:"table:t"`
		Plain         string    `bun:"default:'abc'"`
		Now           time.Time `bun:",notnull,default:current_timestamp"`
		Call          string    `bun:"type:uuid,default:gen_random_uuid()"`
		Commas        string    `bun:"default:concat('a', 'b')"`
		Empty         string    `bun:"default:"`
		NullZero      string    `bun:",nullzero"`
		OnUpdate      time.Time `bun:"type:datetime,notnull,default:CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP"`
	}
	type names struct {
		bun.BaseModel `bun:"table:t"`
		HTTPServerURL string
		UserID2       int
		Named         string `bun:"other_name"`
		Column        string `bun:"ignored,column:column_wins"`
		Skipped       string `bun:"-"`
		Alt           string `bun:",alt:alternative"`
		unexported    string
		Pk            string   `bun:"pk"`
		Embed         document `bun:"embed"`
	}
	_ = names{}.unexported
	type texts struct {
		bun.BaseModel `bun:"table:t"`
		Sized         string `bun:"type:varchar(36)"`
		Bare          string `bun:"type:varchar"`
		Upper         string `bun:"type:VARCHAR"`
		Number        string `bun:"type:numeric(10,2),notnull"`
		Last          string `bun:"type:varchar(10),type:text"`
		Enum          string `bun:"type:enum('a','b')"`
	}
	type clauses struct {
		bun.BaseModel `bun:"table:t"`
		ID            int64  `bun:"type:bigint GENERATED ALWAYS AS IDENTITY (START WITH 10 INCREMENT BY 5),pk"`
		Total         int64  `bun:",scanonly" ddl:"generated:id * 3"`
		Doubled       int64  `bun:"type:bigint GENERATED ALWAYS AS (id * 2) STORED"`
		Collated      string `bun:"type:text COLLATE german NOT NULL"`
		Checked       int    `bun:"type:int CHECK (checked > 0) DEFAULT 1"`
		Charset       string `bun:"type:varchar(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"`
		Stamp         string `bun:"type:timestamp(3) without time zone"`
		Quoted        string `bun:"type:text COLLATE \"C\""`
	}
	cases := []struct {
		name        string
		model       any
		dialect     schema.Dialect
		want        string
		diagnostics string
	}{
		{"serials", (*serials)(nil), schema.Postgres, `
			table t
			  id bigint not null serial
			  id32 integer not null serial
			  id16 smallint not null serial
			  lower bigint` + autoincrementNotNull + `
			  upper bigint not null serial
			  ident bigint not null by_default
			  serial bigint not null serial
			  primary key t_pkey (id)`, "autoincrement-without-effect Lower"},
		{"sole INTEGER key", (*loneSerial)(nil), schema.SQLite, `
			table t
			  id integer not null auto_increment
			  primary key - (id)`, ""},
		{"lower-case integer", (*lowerSerial)(nil), schema.SQLite, `
			table t
			  id integer not null
			  primary key - (id)`, "autoincrement-without-effect ID"},
		{"bigint", (*wideSerial)(nil), schema.SQLite, `
			table t
			  id bigint not null
			  primary key - (id)`, "autoincrement-without-effect ID"},
		{"composite", (*compositeSerial)(nil), schema.SQLite, `
			table t
			  id integer not null
			  part integer not null
			  primary key - (id, part)`, "autoincrement-without-effect ID"},
		{"bigint", (*wideSerial)(nil), schema.MySQL, `
			table t
			  id bigint not null auto_increment
			  primary key - (id)`, ""},
		{"bigint", (*wideSerial)(nil), schema.Postgres, `
			table t
			  id bigint not null
			  primary key t_pkey (id)`, "autoincrement-without-effect ID"},
		{"identity", (*identity)(nil), schema.Postgres, `
			table t
			  id bigint not null by_default
			  primary key t_pkey (id)`, ""},
		{"identity", (*identity)(nil), schema.MySQL, `
			table t
			  id bigint not null
			  primary key - (id)`, "identity-ignored ID"},
		{"identity", (*identity)(nil), schema.SQLite, `
			table t
			  id integer not null
			  primary key - (id)`, "identity-ignored ID"},
		{"defaults", (*defaults)(nil), schema.MySQL, `
			table t
			  plain varchar(255) default 'abc'
			  now datetime not null default current_timestamp
			  call uuid default gen_random_uuid()
			  commas varchar(255) default concat('a', 'b')
			  empty varchar(255)
			  null_zero varchar(255)
			  on_update datetime not null default CURRENT_TIMESTAMP options on_update=CURRENT_TIMESTAMP`, ""},
		{"names", (*names)(nil), schema.Postgres, `
			table t
			  http_server_url varchar
			  user_id2 bigint
			  other_name varchar
			  column_wins varchar
			  alt varchar
			  pk varchar
			  embed jsonb`, "option-as-name Embed\noption-as-name Pk"},
		{"texts", (*texts)(nil), schema.MySQL, `
			table t
			  sized varchar(36)
			  bare varchar(255)
			  upper varchar(255)
			  number numeric(10,2) not null
			  last text
			  enum enum('a','b')`, ""},
		{"texts", (*texts)(nil), schema.SQLite, `
			table t
			  sized varchar(36)
			  bare varchar
			  upper VARCHAR
			  number numeric(10,2) not null
			  last text
			  enum enum('a','b')`, ""},
		{"clauses", (*clauses)(nil), schema.Postgres, `
			table t
			  id bigint not null always
			  total bigint generated stored (id * 3)
			  doubled bigint generated stored (id * 2)
			  collated text not null collate german
			  checked int default 1
			  charset varchar(10) collate utf8mb4_bin charset utf8mb4
			  stamp timestamp(3) without time zone
			  quoted C
			  primary key t_pkey (id)
			  check t_checked_check: checked > 0`, "quote-in-tag Quoted"},
	}
	for _, c := range cases {
		t.Run(c.name+" "+string(c.dialect), func(t *testing.T) {
			s, diagnostics := read(t, c.dialect, reflect.Options{}, c.model)
			same(t, describe(s), c.want)
			if got := ids(diagnostics); got != c.diagnostics {
				t.Errorf("diagnostics:\n%s\nwant:\n%s", got, c.diagnostics)
			}
		})
	}
}

func TestImplied(t *testing.T) {
	type model struct {
		bun.BaseModel `bun:"table:t"`
		Nothing       string
		Typed         string `bun:"type:text"`
		NotNull       string `bun:",notnull"`
		Default       string `bun:"default:'x'"`
		Key           int64  `bun:",pk,autoincrement"`
		DDL           string `ddl:"type:text,notnull,default:'x'"`
	}
	s, _ := read(t, schema.Postgres, reflect.Options{}, (*model)(nil))
	want := map[string]string{
		"nothing": `["type","not_null","default"]`, "typed": `["not_null","default"]`, "not_null": `["type","default"]`,
		"default": `["type","not_null"]`, "key": `["type"]`, "ddl": `null`,
	}
	for _, column := range s.Table(schema.Name{Name: "t"}).Columns {
		got, err := json.Marshal(column.Implied)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want[column.Name] && !(len(column.Implied) == 0 && want[column.Name] == "null") {
			t.Errorf("%s: implied %s, want %s", column.Name, got, want[column.Name])
		}
	}
}

func TestTypeOverrides(t *testing.T) {
	type model struct {
		bun.BaseModel `bun:"table:t"`
		ID            uuidArray   `bun:",pk"`
		Others        []uuidArray `bun:",array"`
		Price         valuerStruct
		Stated        valuerStruct `bun:"type:text"`
		Pointer       *valuerStruct
	}
	options := reflect.Options{Types: map[string]reflect.Types{
		"github.com/retort-db/retort/reflect_test.uuidArray":    {schema.Postgres: "uuid", schema.MySQL: "binary(16)"},
		"github.com/retort-db/retort/reflect_test.valuerStruct": {schema.Postgres: "numeric(12,2)", schema.MySQL: "decimal(12,2)"},
	}}
	s, diagnostics := read(t, schema.Postgres, options, (*model)(nil))
	same(t, describe(s), `
		table t
		  id uuid not null
		  others uuid[]
		  price numeric(12,2)
		  stated text
		  pointer numeric(12,2)
		  primary key t_pkey (id)`)
	if got := ids(diagnostics); got != "" {
		t.Errorf("diagnostics: %s", got)
	}
}
