package reflect_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/reflect"
	"github.com/retort-db/retort/schema"
)

type optionTarget struct {
	bun.BaseModel `bun:"table:targets"`
	ID            int64        `bun:",pk"`
	OptionModelID int64        `bun:"model_id"`
	OwnerType     string       `bun:"owner_type"`
	Model         *optionModel `bun:"rel:belongs-to,join:model_id=id,on_update:cascade"`
}

// optionModel has the options that make no column, or change nothing about one, beside those that do.
type optionModel struct {
	bun.BaseModel `bun:"old_spelling,table:option_models,alias:om,select:option_view"`
	ID            int64             `bun:",pk,autoincrement"`
	Deleted       time.Time         `bun:",soft_delete,nullzero"`
	Kept          string            `bun:",skipupdate"`
	Other         string            `bun:",alt:another"`
	Packed        document          `bun:",msgpack"`
	Numbers       map[string]any    `bun:",json_use_number"`
	Ranges        string            `bun:"type:varchar(20),multirange"`
	Pairs         map[string]string `bun:",hstore"`
	List          []string          `bun:",array"`
	Thing         document          `bun:"composite:thing"`
	Count         int               `bun:",scanonly"`
	Skipped       string            `bun:"-"`
	Renamed       string            `bun:"column:renamed_column"`
	One           *optionTarget     `bun:"rel:has-one,join:id=model_id"`
	Many          []*optionTarget   `bun:"rel:has-many,join:id=model_id,join_on:owner_type = 'x'"`
	Poly          []*optionTarget   `bun:"rel:has-many,join:id=model_id,join:type=owner_type,polymorphic:option"`
}

func TestEveryOptionOfBun(t *testing.T) {
	types := map[schema.Dialect][]string{
		schema.Postgres: {"bigint not null serial", "timestamptz", "varchar", "jsonb", "hstore", "varchar[]", "thing"},
		schema.MySQL:    {"bigint not null auto_increment", "datetime", "varchar(255)", "varchar(255)", "varchar(255)", "varchar(255)", "varchar(255)"},
		schema.SQLite:   {"integer not null auto_increment", "timestamp", "varchar", "varchar", "varchar", "varchar", "varchar"},
	}
	for _, dialect := range schema.Dialects {
		s, diagnostics := read(t, dialect, reflect.Options{}, (*optionModel)(nil), (*optionTarget)(nil))
		of, key := types[dialect], "-"
		if dialect == schema.Postgres {
			key = "option_models_pkey"
		}
		want := fmt.Sprintf(`table option_models
  id %[1]s
  deleted %[2]s
  kept %[3]s
  other %[3]s
  packed %[4]s
  numbers %[4]s
  ranges varchar(20)
  pairs %[5]s
  list %[6]s
  thing %[7]s
  renamed_column %[3]s
  ignored count
  primary key %[8]s (id)`, of[0], of[1], of[2], of[3], of[4], of[5], of[6], key)
		if got, _, _ := strings.Cut(describe(s), "\ntable targets"); got != want {
			t.Errorf("%s: got:\n%s\nwant:\n%s", dialect, got, want)
		}
		if keys := s.Table(schema.Name{Name: "targets"}).ForeignKeys; len(keys) != 1 || keys[0].OnUpdate != schema.Cascade {
			t.Errorf("%s: foreign keys %v", dialect, keys)
		}
		if len(diagnostics) > 0 {
			t.Errorf("%s: diagnostics %v", dialect, diagnostics)
		}
	}
}

type (
	Person        struct{ ID int64 }
	Status        struct{ ID int64 }
	Category      struct{ ID int64 }
	HTTPServerURL struct{ ID int64 }
	Inherited     struct {
		*Status `bun:",inherit"`
		Note    string
	}
	OldSpelling struct {
		bun.BaseModel `bun:"spelled"`
		ID            int64
	}
)

func TestTableNames(t *testing.T) {
	s, _ := read(t, schema.SQLite, reflect.Options{}, (*Person)(nil), (*Inherited)(nil), (*Category)(nil), (*HTTPServerURL)(nil), (*OldSpelling)(nil))
	var got []string
	for table := range s.Tables.All() {
		got = append(got, table.Name.String())
	}
	if want := []string{"categories", "http_server_urls", "people", "spelled", "statuses"}; !slices.Equal(got, want) {
		t.Errorf("tables %v, want %v", got, want)
	}
}

func TestJunctionsInAnyOrder(t *testing.T) {
	want, _ := read(t, schema.Postgres, reflect.Options{}, related...)
	random := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		models := slices.Clone(related)
		random.Shuffle(len(models), func(i, j int) { models[i], models[j] = models[j], models[i] })
		got, _ := read(t, schema.Postgres, reflect.Options{}, models...)
		if describe(got) != describe(want) {
			t.Fatalf("%T first: got\n%s\nwant\n%s", models[0], describe(got), describe(want))
		}
	}
}

// No model at all would mean to drop every table.
func TestNoTables(t *testing.T) {
	type empty struct {
		bun.BaseModel `bun:"table:t"`
	}
	type reader struct {
		bun.BaseModel `bun:"table:t" ddl:"-"`
		ID            int64
	}
	for _, models := range [][]any{nil, {(*empty)(nil)}, {(*reader)(nil), (*empty)(nil)}} {
		s, _, err := reflect.Models(schema.SQLite, reflect.Options{}, models...)
		var none *reflect.NoTablesError
		if !errors.As(err, &none) || none.Models != len(models) || s != nil {
			t.Errorf("%d models: schema %v, error %v", len(models), s, err)
		}
	}
}

type stated struct {
	bun.BaseModel `bun:"table:stated" ddl:"pk:pk_s,check(name:ck_s):a > 0,unique(on:(a,c)):uq_ddl,index(on:a):ix_s"`
	ID            int64   `bun:",pk"`
	A             int64   `bun:",unique:uq_bun"`
	B             int64   `ddl:"references(name:fk_s):stated(id)"`
	C             int64   `bun:"type:bigint CONSTRAINT uq_type UNIQUE CONSTRAINT ck_type CHECK (c > 1)"`
	Self          *stated `bun:"rel:belongs-to,join:a=id" ddl:"fk:fk_rel"`
}

func (*stated) DDL(t *schema.Declaration) {
	t.Index("ix_method", "b")
	t.On(schema.Postgres, func(t *schema.Declaration) { t.Exclude("ex_method", "a WITH =").Using("gist") })
}

type unnamed struct {
	bun.BaseModel `bun:"table:unnamed" ddl:"check:a > 0,unique(on:(a,c)),index(on:a)"`
	ID            int64    `bun:",pk"`
	A             int64    `bun:",unique"`
	B             int64    `ddl:"references:unnamed(id)"`
	C             int64    `bun:"type:bigint UNIQUE CHECK (c > 1)"`
	Self          *unnamed `bun:"rel:belongs-to,join:a=id"`
}

func (*unnamed) DDL(t *schema.Declaration) {
	t.Index("", "b")
	t.On(schema.Postgres, func(t *schema.Declaration) { t.Exclude("", "a WITH =").Using("gist") })
}

func TestNameImplied(t *testing.T) {
	for _, dialect := range schema.Dialects {
		s, _ := read(t, dialect, reflect.Options{}, (*stated)(nil), (*unnamed)(nil))
		for table := range s.Tables.All() {
			want := table.Name.Name == "unnamed"
			parts := 0
			check := func(kind, name string, implied bool) {
				parts++
				if implied != want || name == "" {
					t.Errorf("%s: %s %s %q: implied %v", dialect, table.Name, kind, name, implied)
				}
			}
			if key := table.PrimaryKey; dialect == schema.Postgres || key.Name != "" {
				check("primary key", key.Name, key.NameImplied)
			}
			for _, unique := range table.Uniques {
				check("unique", unique.Name, unique.NameImplied)
			}
			for _, index := range table.Indexes {
				check("index", index.Name, index.NameImplied)
			}
			for _, one := range table.Checks {
				check("check", one.Name, one.NameImplied)
			}
			for _, key := range table.ForeignKeys {
				check("foreign key", key.Name, key.NameImplied)
			}
			for _, exclusion := range table.Exclusions {
				check("exclusion", exclusion.Name, exclusion.NameImplied)
			}
			if least := 9; parts < least {
				t.Errorf("%s: %s has only %d named parts", dialect, table.Name, parts)
			}
		}
	}
}

type mergedKeys struct {
	bun.BaseModel `bun:"table:merged" ddl:"unique(on:(b)):uq_b,unique(on:(b)):uq_b2"`
	ID            int64 `bun:",pk,unique"`
	A             int64 `bun:",unique,unique:named_a"`
	B             int64
	C             int64 `ddl:"unique(deferrable):uq_c1,unique:uq_c2"`
}

type mergedGroup struct {
	bun.BaseModel `bun:"table:merged_group"`
	X             int64 `bun:",pk,unique:grp"`
	Y             int64 `bun:",pk,unique:grp"`
}

// What is one constraint to PostgreSQL is one in the schema.
func TestEqualKeys(t *testing.T) {
	s, diagnostics := read(t, schema.Postgres, reflect.Options{}, (*mergedKeys)(nil), (*mergedGroup)(nil))
	same(t, describe(s), `
		table merged
		  id bigint not null
		  a bigint
		  b bigint
		  c bigint
		  primary key merged_pkey (id)
		  unique named_a (a)
		  unique uq_b (b)
		  unique uq_c1 (c) deferrable DEFERRABLE INITIALLY IMMEDIATE
		  unique uq_c2 (c)
		table merged_group
		  x bigint not null
		  y bigint not null
		  primary key grp (x, y)`)
	if got := ids(diagnostics); got != "ignored-declaration BaseModel" {
		t.Errorf("diagnostics: %s", got)
	}
	db := servertest.OpenPostgres(t)
	if _, err := db.ExecContext(t.Context(), `CREATE TABLE merged (id bigint NOT NULL, a bigint, b bigint, c bigint, PRIMARY KEY (id),
		UNIQUE (id), UNIQUE (a), CONSTRAINT named_a UNIQUE (a), CONSTRAINT uq_c1 UNIQUE (c) DEFERRABLE, CONSTRAINT uq_c2 UNIQUE (c),
		CONSTRAINT uq_b UNIQUE (b), CONSTRAINT uq_b2 UNIQUE (b));
		CREATE TABLE merged_group (x bigint, y bigint, PRIMARY KEY (x, y), CONSTRAINT grp UNIQUE (x, y))`); err != nil {
		t.Fatal(err)
	}
	for table := range s.Tables.All() {
		want := constraintNames(t, db, table.Name.Name)
		got := map[string]bool{table.PrimaryKey.Name: true}
		for _, unique := range table.Uniques {
			got[unique.Name] = true
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: constraints %v, the server has %v", table.Name, got, want)
		}
	}
}

type longest struct {
	bun.BaseModel `bun:"table:table_with_a_name_of_some_length_to_make_the_others_collide"`
	ID            int64    `bun:",pk"`
	First         int64    `bun:"a_column_with_a_name_long_enough_to_be_cut_first,unique" ddl:"index,check:a_column_with_a_name_long_enough_to_be_cut_first > 1"`
	Second        int64    `bun:"a_column_with_a_name_long_enough_to_be_cut_second,unique" ddl:"index,check:a_column_with_a_name_long_enough_to_be_cut_second > 1"`
	To            *longest `bun:"rel:belongs-to,join:a_column_with_a_name_long_enough_to_be_cut_first=id"`
	ToToo         *longest `bun:"rel:belongs-to,join:a_column_with_a_name_long_enough_to_be_cut_second=id"`
}

func TestCutNamesStayApart(t *testing.T) {
	for _, dialect := range schema.Dialects {
		s, _ := read(t, dialect, reflect.Options{}, (*longest)(nil))
		for table := range s.Tables.All() {
			var names []string
			for _, unique := range table.Uniques {
				names = append(names, unique.Name)
			}
			for _, index := range table.Indexes {
				names = append(names, index.Name)
			}
			for _, check := range table.Checks {
				names = append(names, check.Name)
			}
			for _, key := range table.ForeignKeys {
				names = append(names, key.Name)
			}
			slices.Sort(names)
			if len(names) != 8 || len(slices.Compact(slices.Clone(names))) != 8 {
				t.Errorf("%s: names %q", dialect, names)
			}
			for _, name := range names {
				if dialect == schema.Postgres && len(name) > 63 || dialect == schema.MySQL && len(name) > 64 {
					t.Errorf("%s: %s has %d bytes", dialect, name, len(name))
				}
			}
		}
	}
}

type twoBadIndexes struct {
	bun.BaseModel `bun:"table:t" ddl:"index(on:(nowhere)):ix_a,index(on:(id,missing)):ix_b"`
	ID            int64 `bun:",pk"`
}

// One wrong index does not hide another.
func TestAllBadIndexesAreNamed(t *testing.T) {
	got := fail(t, schema.Postgres, (*twoBadIndexes)(nil))
	for _, want := range []string{`no column "nowhere"`, `no column "missing"`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
}
