package reflect_test

import (
	"errors"
	"testing"

	"github.com/uptrace/bun"

	"github.com/retort-db/retort/reflect"
	"github.com/retort-db/retort/schema"
)

type product struct {
	bun.BaseModel `bun:"table:products" ddl:"comment:'What we sell, and where',was:items,was:goods,check(name:dates):(from_date < to_date),index(on:(lower(sku),price DESC),where:deleted_at IS NULL):ix_live,unique(on:(sku,price)):uq_sku_price,pk:pk_products,engine:InnoDB,strict,with:(fillfactor=70),partition_by:RANGE (price)"`

	ID        int64    `bun:",pk" ddl:"identity(always,start:100,increment:10,cycle)"`
	SKU       string   `bun:",notnull,unique" ddl:"was:code,collate:C,comment:the user's code,unique(nulls_not_distinct):uq_sku"`
	Price     int64    `bun:",notnull" ddl:"index,check:price >= 0 AND price IN (1, 2, 3),backfill:coalesce(old_price, 0)"`
	Tags      []string `bun:",array" ddl:"postgres.index(using:gin),pgtype:text[],mysql.type:json,sqlitetype:text"`
	Title     string   `ddl:"index(opclass:text_pattern_ops,desc,nulls:last,include:(sku,price),length:20):ix_title,default:'it''s, ok',notnull"`
	Area      int      `ddl:"index(order:2):ix_area"`
	Region    int      `ddl:"index(order:1,where:region > 0):ix_area"`
	Gross     int64    `ddl:"generated(virtual):price * 2"`
	State     string   `ddl:"enum(draft,'in review',\"it's\"):product_state"`
	Size      string   `ddl:"enum(s,m)"`
	UID       string   `bun:"type:uuid" ddl:"postgres.default:gen_random_uuid()"`
	Doc       string   `ddl:"type:text,storage:external,update_default:now()"`
	FromDate  string
	ToDate    string
	DeletedAt string
}

func TestDDLTags(t *testing.T) {
	want := map[schema.Dialect]string{
		schema.Postgres: `
			enum product_state (draft|in review|it's)
			enum products_size (s|m)
			table products comment What we sell, and where options with=fillfactor=70
			  partition by RANGE (price)
			  was items, goods
			  id bigint not null always
			  sku varchar not null collate C comment the user's code was code
			  price bigint not null backfill coalesce(old_price, 0)
			  tags text[]
			  title varchar not null default 'it''s, ok'
			  area bigint
			  region bigint
			  gross bigint generated (price * 2)
			  state product_state
			  size products_size
			  uid uuid default gen_random_uuid()
			  doc text options storage=external
			  from_date varchar
			  to_date varchar
			  deleted_at varchar
			  primary key pk_products (id)
			  unique uq_sku (sku) nulls not distinct
			  unique uq_sku_price (sku, price)
			  index ix_live ((lower(sku)), price desc) where deleted_at IS NULL
			  index ix_products_price (price)
			  index ix_products_tags (tags) using gin
			  index ix_title (title text_pattern_ops desc nulls LAST) include sku,price
			  index ix_area (region, area) where region > 0
			  check dates: from_date < to_date
			  check products_price_check: price >= 0 AND price IN (1, 2, 3)`,
		schema.MySQL: `
			table products comment What we sell, and where options engine=InnoDB
			  partition by RANGE (price)
			  was items, goods
			  id bigint not null
			  sku varchar(255) not null collate C comment the user's code was code
			  price bigint not null backfill coalesce(old_price, 0)
			  tags json
			  title varchar(255) not null default 'it''s, ok'
			  area bigint
			  region bigint
			  gross bigint generated (price * 2)
			  state enum('draft','in review','it''s')
			  size enum('s','m')
			  uid uuid
			  doc text options on_update=now()
			  from_date varchar(255)
			  to_date varchar(255)
			  deleted_at varchar(255)
			  primary key - (id)
			  unique uq_sku (sku)
			  unique uq_sku_price (sku, price)
			  index ix_products_price (price)
			  index ix_title (title[20] desc)
			  check dates: from_date < to_date
			  check products_price_check: price >= 0 AND price IN (1, 2, 3)`,
		schema.SQLite: `
			table products options strict
			  was items, goods
			  id integer not null
			  sku varchar not null collate C was code
			  price integer not null backfill coalesce(old_price, 0)
			  tags text
			  title varchar not null default 'it''s, ok'
			  area integer
			  region integer
			  gross integer generated (price * 2)
			  state varchar
			  size varchar
			  uid uuid
			  doc text
			  from_date varchar
			  to_date varchar
			  deleted_at varchar
			  primary key pk_products (id)
			  unique uq_sku (sku)
			  unique uq_sku_price (sku, price)
			  index ix_live ((lower(sku)), price desc) where deleted_at IS NULL
			  index ix_products_price (price)
			  index ix_title (title desc)
			  index ix_area (region, area) where region > 0
			  check products_state_check: "state" IN ('draft', 'in review', 'it''s')
			  check products_size_check: "size" IN ('s', 'm')
			  check dates: from_date < to_date
			  check products_price_check: price >= 0 AND price IN (1, 2, 3)`,
	}
	for _, dialect := range schema.Dialects {
		s, _ := read(t, dialect, reflect.Options{}, (*product)(nil))
		same(t, describe(s), want[dialect])
	}
}

// booking has what only PostgreSQL knows.
type booking struct {
	bun.BaseModel `bun:"table:bookings" ddl:"postgres.exclude(using:gist,where:NOT cancelled):(room WITH =, tstzrange(begins, ends) WITH &&)"`
	Room          int64
	Begins, Ends  string `bun:"type:timestamptz"`
	Cancelled     bool
}

func TestExclusion(t *testing.T) {
	s, _ := read(t, schema.Postgres, reflect.Options{}, (*booking)(nil))
	same(t, describe(s), `
		table bookings
		  room bigint
		  begins timestamptz
		  ends timestamptz
		  cancelled boolean
		  exclude bookings_room_tstzrange_begins_ends_excl using gist (room with =, (tstzrange(begins, ends)) with &&) where NOT cancelled`)
	_, diagnostics := read(t, schema.MySQL, reflect.Options{}, (*booking)(nil))
	if len(diagnostics) > 0 {
		t.Errorf("a part for PostgreSQL is reported on MySQL: %v", diagnostics)
	}
}

func TestDDLTagErrors(t *testing.T) {
	type badItems struct {
		bun.BaseModel `bun:"table:t" ddl:"generated:x,index:ix_a,commment:x,tablespace"`
		ID            int64   `bun:",pk" ddl:"indx,uniqe:a"`
		A             string  `ddl:"comment:'not closed"`
		B             string  `ddl:"comment:Ein, zwei"`
		C             string  `ddl:"check:b > (1"`
		D             string  `ddl:"index(wher:x)"`
		E             string  `ddl:"oracle.type:x,check"`
		F             string  `ddl:"index(nulls:middle)"`
		G             string  `ddl:"references:t(id),on_delete:cascad"`
		H             string  `ddl:"notnull:yes"`
		I             string  `ddl:"enum:x"`
		J             string  `ddl:"identity(start:ten)"`
		K             string  `ddl:"engine:InnoDB"`
		L             address `bun:"embed:l_" ddl:"index"`
		M             string  `ddl:"comment(x):y"`
	}
	type conflicts struct {
		bun.BaseModel `bun:"table:t2" ddl:"index(on:(nme)):ix_n,pk:a,pk:b"`
		ID            int64  `bun:",pk"`
		Name          string `bun:"type:text" ddl:"type:varchar(10),comment:a,comment:b"`
		Other         string `bun:"type:text COLLATE de" ddl:"collate:fr"`
		Third         string `ddl:"index(where:third > 0):ix_third"`
		Fourth        string `ddl:"index(where:third > 1):ix_third"`
		Fifth         string `ddl:"index:ix_x"`
	}
	got := fail(t, schema.Postgres, (*badItems)(nil), (*conflicts)(nil), (*conflictingMethod)(nil))
	same(t, got, `
		reflect_test.badItems.A: ddl tag: "'not closed": the quote is not closed
		reflect_test.badItems.B: ddl tag: "zwei": unknown option: if it belongs to the text before it, put that into quotes: comment:'Ein, zwei'
		reflect_test.badItems.BaseModel: ddl tag: "commment": unknown option: did you mean comment?
		reflect_test.badItems.BaseModel: ddl tag: "generated:x": generated says something about a column: put it on the field
		reflect_test.badItems.BaseModel: ddl tag: "index:ix_a": the columns are missing: write index(on:(a,b)):ix_a
		reflect_test.badItems.BaseModel: ddl tag: "tablespace": a value is expected: write tablespace:fast
		reflect_test.badItems.C: ddl tag: "b > (1": a quote or parenthesis is not closed
		reflect_test.badItems.D: ddl tag: "wher": unknown option: did you mean where?
		reflect_test.badItems.E: ddl tag: "check": a value is expected: write check:price > 0
		reflect_test.badItems.E: ddl tag: "oracle.": unknown dialect "oracle": use postgres, mysql or sqlite
		reflect_test.badItems.F: ddl tag: "nulls:middle": unknown order: use first or last
		reflect_test.badItems.G: ddl tag: "on_delete:cascad": unknown action: did you mean cascade?
		reflect_test.badItems.H: ddl tag: ":yes": notnull takes no value
		reflect_test.badItems.I: ddl tag: "enum:x": the values are missing: write enum(draft,sent):invoice_state
		reflect_test.badItems.ID: ddl tag: "indx": unknown option: did you mean index?
		reflect_test.badItems.ID: ddl tag: "uniqe": unknown option: did you mean unique?
		reflect_test.badItems.J: ddl tag: "start:ten": a number is expected
		reflect_test.badItems.K: ddl tag: "engine:InnoDB": engine says something about the table: put it on bun.BaseModel
		reflect_test.badItems.L: ddl tag: "index": an embedded struct is no column: put the tag on the struct's fields
		reflect_test.badItems.M: ddl tag: "comment(x)": this option takes no attributes
		reflect_test.conflicts.BaseModel: the primary key is named b here and a at reflect_test.conflicts.BaseModel: keep one of the two
		reflect_test.conflicts.BaseModel: the table t2 has no column "nme": did you mean name?
		reflect_test.conflicts.Fourth: ddl tag: "where:third > 1": the index ix_third already has where:third > 0: say it on one field
		reflect_test.conflicts.Name: the comment of column name is said twice: "b" here, "a" at reflect_test.conflicts.Name: keep one of the two
		reflect_test.conflicts.Name: the type of column name is "varchar(10)" here and "text" in the bun tag: keep one of the two, or say for which database this one is: postgres.type:…
		reflect_test.conflicts.Other: the collation of column other is "fr" here and "de" in the bun tag: keep one of the two
		declare_test.go:18: reflect_test.conflictingMethod: the table conflicting_methods has no column "skuu": did you mean sku?
		declare_test.go:19: reflect_test.conflictingMethod: the comment of column sku is said twice: "from the method" here, "from the tag" at reflect_test.conflictingMethod.SKU: keep one of the two
		declare_test.go:20: reflect_test.conflictingMethod: the index ix_sku is declared differently at reflect_test.conflictingMethod.SKU: give one of the two another name, or remove it
		declare_test.go:21: reflect_test.conflictingMethod: the check has no expression: write one, such as price >= 0`)
	var tag *reflect.TagError
	_, _, err := reflect.Models(schema.Postgres, reflect.Options{}, (*badItems)(nil))
	if !errors.As(err, &tag) {
		t.Errorf("no TagError in %T", err)
	}
}
