package reflect_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/retort-db/retort/reflect"
	"github.com/retort-db/retort/schema"
)

type timestamps struct {
	CreatedAt time.Time `bun:",notnull,default:current_timestamp"`
	Name      string
}

type address struct {
	Street string `bun:",notnull"`
	Zip    string `bun:",unique" ddl:"index"`
	Code   string `bun:",unique:cgrp" ddl:"index:ix_code"`
	Deep   point  `bun:"embed:deep_"`
}

type point struct{ X, Yy int }

type baseModel = bun.BaseModel //nolint:unused // an alias is embedded under its own name, which bun does not see

func TestEmbedding(t *testing.T) {
	type flattened struct {
		ID int64 `bun:",pk"`
		timestamps
		Name string
		Home address  `bun:"embed:home_"`
		Work *address `bun:"embed:work_"`
	}
	type base struct {
		bun.BaseModel `bun:"table:ext_base"`
		ID            int64 `bun:",pk"`
		A             string
	}
	type child struct {
		*base `bun:",extend"`
		B     string
	}
	type aliased struct {
		baseModel `bun:"table:not_seen"` //nolint:unused // read by reflection
		ID        int64                  `bun:",pk"`
	}
	type outer struct {
		base
		X string
	}
	type scanonly struct {
		bun.BaseModel `bun:"table:t"`
		ID            int64  `bun:",pk"`
		Count         int    `bun:",scanonly"`
		Full          string `bun:",scanonly" ddl:"generated:first || last"`
		First, Last   string
		Key           string `bun:",scanonly,unique"`
	}
	cases := []struct {
		name, want, diagnostics string
		models                  []any
	}{
		{"flattened", `
			table flatteneds
			  id bigint not null
			  created_at timestamptz not null default current_timestamp
			  name varchar
			  home_street varchar not null
			  home_zip varchar
			  home_code varchar
			  home_deep_x bigint
			  home_deep_yy bigint
			  work_street varchar not null
			  work_zip varchar
			  work_code varchar
			  work_deep_x bigint
			  work_deep_yy bigint
			  primary key flatteneds_pkey (id)
			  unique flatteneds_home_zip_key (home_zip)
			  unique flatteneds_work_zip_key (work_zip)
			  unique home_cgrp (home_code)
			  unique work_cgrp (work_code)
			  index ix_flatteneds_home_zip (home_zip)
			  index home_ix_code (home_code)
			  index ix_flatteneds_work_zip (work_zip)
			  index work_ix_code (work_code)`, "", []any{(*flattened)(nil)}},
		{"extend", `
			table ext_base
			  id bigint not null
			  a varchar
			  b varchar
			  primary key ext_base_pkey (id)`, "projection", []any{(*child)(nil), (*base)(nil)}},
		{"alias of BaseModel", `
			table aliaseds
			  id bigint not null
			  primary key aliaseds_pkey (id)`, "base-model-ignored baseModel", []any{(*aliased)(nil)}},
		{"BaseModel of an embedded struct", `
			table outers
			  id bigint not null
			  a varchar
			  x varchar
			  primary key outers_pkey (id)`, "base-model-ignored base", []any{(*outer)(nil)}},
		{"scanonly", `
			table t
			  id bigint not null
			  full varchar generated stored (first || last)
			  first varchar
			  last varchar
			  ignored count, key
			  primary key t_pkey (id)`, "scanonly-in-key Key", []any{(*scanonly)(nil)}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s, diagnostics := read(t, schema.Postgres, reflect.Options{}, c.models...)
			same(t, describe(s), c.want)
			if got := ids(diagnostics); got != c.diagnostics {
				t.Errorf("diagnostics:\n%s\nwant:\n%s", got, c.diagnostics)
			}
		})
	}
}

func TestUniques(t *testing.T) {
	type model struct {
		bun.BaseModel `bun:"table:t"`
		A             int `bun:",unique"`
		B             int `bun:",unique:grp"`
		C             int `bun:"unique:\"grp,other\""`
		D             int `bun:",unique:other,unique"`
		E             int `bun:"unique:'x'"`
	}
	s, _ := read(t, schema.MySQL, reflect.Options{}, (*model)(nil))
	same(t, describe(s), `
		table t
		  a bigint
		  b bigint
		  c bigint
		  d bigint
		  e bigint
		  unique t_a_key (a)
		  unique t_d_key (d)
		  unique 'x' (e)
		  unique grp (b, c)
		  unique other (c, d)`)
}

func TestSchemaQualified(t *testing.T) {
	type customer struct {
		bun.BaseModel `bun:"table:sales.customers"`
		ID            int64 `bun:",pk"`
	}
	type order struct {
		bun.BaseModel `bun:"table:sales.orders"`
		ID            int64 `bun:",pk"`
		CustomerID    int64
		Customer      *customer `bun:"rel:belongs-to"`
		State         string    `ddl:"enum(open,done):order_state"`
	}
	type plain struct {
		bun.BaseModel `bun:"table:public.plain"`
		ID            int64 `bun:",pk"`
	}
	s, _ := read(t, schema.Postgres, reflect.Options{}, (*order)(nil), (*customer)(nil), (*plain)(nil))
	same(t, describe(s), `
		enum order_state (open|done)
		table plain
		  id bigint not null
		  primary key plain_pkey (id)
		table sales.customers
		  id bigint not null
		  primary key customers_pkey (id)
		table sales.orders
		  id bigint not null
		  customer_id bigint
		  state order_state
		  primary key orders_pkey (id)
		  foreign key orders_customer_id_fkey (customer_id) -> sales.customers (id)`)
	if got := strings.Join(s.Namespaces, ","); got != "sales" {
		t.Errorf("namespaces %q, want sales", got)
	}
	s, _ = read(t, schema.Postgres, reflect.Options{DefaultNamespace: "sales"}, (*customer)(nil), (*plain)(nil))
	if s.Table(schema.Name{Name: "customers"}) == nil || s.Table(schema.Name{Schema: "public", Name: "plain"}) == nil {
		t.Errorf("default namespace sales: tables are\n%s", describe(s))
	}
}

// fail reads models that must be at fault and returns what is said about them.
func fail(t *testing.T, dialect schema.Dialect, models ...any) string {
	t.Helper()
	_, _, err := reflect.Models(dialect, reflect.Options{}, models...)
	if err == nil {
		t.Fatal("no error")
	}
	var all reflect.ModelErrors
	var one *reflect.ModelError
	if !errors.As(err, &all) || !errors.As(err, &one) {
		t.Fatalf("%T is no ModelErrors", err)
	}
	return err.Error()
}

func TestSeveralStructsOneTable(t *testing.T) {
	type user struct {
		bun.BaseModel `bun:"table:users"`
		ID            int64  `bun:",pk"`
		Name          string `bun:"type:text,notnull"`
		Email         string
	}
	type userName struct {
		bun.BaseModel `bun:"table:users"`
		ID            int64
		Name          string
	}
	type userContradiction struct {
		bun.BaseModel `bun:"table:users"`
		ID            int64
		Name          string `bun:"type:varchar(10)"`
	}
	type userReader struct {
		bun.BaseModel `bun:"table:users" ddl:"-"`
		ID            int64
		Other         string
	}
	type userOther struct {
		bun.BaseModel `bun:"table:users"`
		ID            int64 `bun:",pk"`
		Phone         string
	}
	type userTwin struct {
		bun.BaseModel `bun:"table:users"`
		ID            int64 `bun:",pk"`
		Name          string
		Email         string
	}
	want := `
		table users
		  id bigint not null
		  name text not null
		  email varchar
		  primary key users_pkey (id)`
	for _, models := range [][]any{
		{(*user)(nil)}, {(*userName)(nil), (*user)(nil)}, {(*user)(nil), (*userReader)(nil), (*userName)(nil)},
	} {
		s, diagnostics := read(t, schema.Postgres, reflect.Options{}, models...)
		same(t, describe(s), want)
		if len(diagnostics) > 0 {
			t.Errorf("diagnostics: %v", diagnostics)
		}
	}
	_, diagnostics := read(t, schema.Postgres, reflect.Options{}, (*userContradiction)(nil), (*user)(nil))
	if got := ids(diagnostics); got != "projection Name" {
		t.Errorf("diagnostics: %s", got)
	}
	got := fail(t, schema.Postgres, (*user)(nil), (*userOther)(nil))
	if want := "reflect_test.userOther: the table users is also that of reflect_test.user, which lacks phone here and has name, email instead"; !strings.HasPrefix(got, want) {
		t.Errorf("got %s", got)
	}
	got = fail(t, schema.Postgres, (*user)(nil), (*userTwin)(nil))
	if want := "column name of table users has type varchar here and text at reflect_test.user.Name"; !strings.Contains(got, want) {
		t.Errorf("got %s", got)
	}
}

type badEmbed struct {
	bun.BaseModel `bun:"table:bad_embeds"`
	ID            int64 `bun:",pk"`
	Number        int   `bun:"embed:x_"`
}

func TestBadModels(t *testing.T) {
	type noKey struct{ Name string }
	type target struct {
		ID int64 `bun:",pk"`
	}
	type toNoKey struct {
		ID      int64 `bun:",pk"`
		NoKeyID int64
		NoKey   *noKey `bun:"rel:belongs-to"`
	}
	type noColumn struct {
		ID     int64   `bun:",pk"`
		Target *target `bun:"rel:belongs-to,join:missing_id=id"`
	}
	type noJunction struct {
		ID      int64     `bun:",pk"`
		Targets []*target `bun:"m2m:nowhere,join:A=B"`
	}
	type badRel struct {
		ID     int64   `bun:",pk"`
		Target *target `bun:"rel:has-all"`
	}
	type twice struct {
		ID int64 `bun:",pk"`
		A  string
		B  string `bun:"a"`
	}
	type untyped struct {
		ID  int64 `bun:",pk"`
		Any any
		Fn  func()
		UID uuidArray
	}
	type usesBadEmbed struct {
		ID    int64       `bun:",pk"`
		Other []*badEmbed `bun:"rel:has-many"`
	}
	type generic[T any] struct {
		ID T `bun:",pk"`
	}
	type action struct {
		ID       int64   `bun:",pk"`
		TargetID int64   `bun:","`
		Target   *target `bun:"rel:belongs-to,on_delete:cascad"`
	}
	got := fail(t, schema.MySQL, (*target)(nil), (*toNoKey)(nil), (*noColumn)(nil), (*noJunction)(nil), (*badRel)(nil),
		(*twice)(nil), (*untyped)(nil), (*badEmbed)(nil), (*usesBadEmbed)(nil), (*generic[int])(nil), (*action)(nil), 5, nil)
	same(t, got, `
		model 12: int is no struct: pass pointers to structs, such as (*User)(nil)
		model 13: <nil> is no struct: pass pointers to structs, such as (*User)(nil)
		reflect_test.action.Target: on_delete:cascad is no action: did you mean cascade?
		reflect_test.badEmbed.Number: embed: is on a field of type int: bun flattens structs only; make the field a struct or remove embed:
		reflect_test.badRel.Target: bun does not accept it: unknown relation=has-all on field=Target: use rel:belongs-to, rel:has-one or rel:has-many
		reflect_test.generic[int]: the table name "generic[int]" comes from a generic type: give bun.BaseModel a table: option
		reflect_test.noColumn.Target: bun does not accept it: NoColumn belongs-to Target: NoColumn must have column missing_id: correct the join option: join:<column here>=<column there>
		reflect_test.noJunction.Targets: no model has the table "nowhere" of m2m:nowhere: add the junction's struct to the models
		reflect_test.toNoKey.NoKey: bun does not accept it: model=NoKey does not have primary keys: give the referenced struct a field with the pk option, or leave the rel option out
		reflect_test.twice.B: the column "a" is also that of reflect_test.twice.A: give one of the two another column name, or leave it out with bun:"-"
		reflect_test.untyped.Any: bun has no SQL type for interface {}: the column would have none: add a type: option, or leave the field out with bun:"-"
		reflect_test.untyped.Fn: bun has no SQL type for func(): the column would have none: add a type: option, or leave the field out with bun:"-"
		reflect_test.untyped.UID: bun has no SQL type for reflect_test.uuidArray: the column would have none: add a type: option, or leave the field out with bun:"-"`)
}

func TestUnknownOptions(t *testing.T) {
	type model struct {
		bun.BaseModel `bun:"table:t,comment:x,alia:u"`
		ID            int64  `bun:",pk"`
		A             string `bun:",not_null"`
		B             string `bun:",index:ix"`
		Wrong         string `bun:"unique:'a,b'"`
		UID           uuidArray
		Valuer        valuerStruct
		Friend        *timestamps
		Other         *document `bun:"type:jsonb"`
	}
	_, diagnostics := read(t, schema.Postgres, reflect.Options{}, (*model)(nil), (*timestamps)(nil))
	want := []string{
		`reflect_test.model.A: bun knows no tag option "not_null" and ignores it: did you mean notnull?`,
		`reflect_test.model.B: bun knows no tag option "index" and ignores it: Retort has that option: write it into a second tag, ddl:"index:…"`,
		`reflect_test.model.BaseModel: bun knows no tag option "alia" and ignores it: did you mean alias?`,
		`reflect_test.model.BaseModel: bun knows no tag option "comment" and ignores it: Retort has that option: write it into a second tag, ddl:"comment:…"`,
		`reflect_test.model.Friend: without a rel: option the model reflect_test.timestamps becomes a column of type jsonb: add rel:belongs-to, rel:has-one, rel:has-many or m2m:, or type: if it is a document, or bun:"-"`,
		`reflect_test.model.UID: reflect_test.uuidArray becomes bytea: add type:uuid`,
		`reflect_test.model.Valuer: bun does not ask how reflect_test.valuerStruct is stored and makes it jsonb: add a type: option, or set the type for all such fields in the configuration`,
		`reflect_test.model.Wrong: bun knows no tag option "b'" and ignores it: remove it; known are ` + knownOptions,
	}
	for i, d := range diagnostics {
		if i >= len(want) || d.String() != want[i] {
			t.Errorf("unexpected %s", d)
		}
	}
	if len(diagnostics) != len(want) {
		t.Errorf("%d diagnostics, want %d", len(diagnostics), len(want))
	}
}

const knownOptions = "alt, array, autoincrement, column, composite, default, embed, extend, hstore, identity, inherit, join, " +
	"join_on, json_use_number, m2m, msgpack, multirange, notnull, nullzero, on_delete, on_update, pk, polymorphic, rel, " +
	"scanonly, skipupdate, soft_delete, type, unique"
