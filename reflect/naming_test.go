package reflect_test

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/reflect"
	"github.com/retort-db/retort/schema"
)

type longNames struct {
	bun.BaseModel                                   `bun:"table:a_table_whose_name_is_so_long_that_it_takes_most_of_the_room"`
	ID                                              int64  `bun:",pk"`
	AColumnWithALongName                            int64  `bun:",unique"`
	AnotherColumnWhoseNameIsLongerThanThatOfTheRest string `bun:"another_column_whose_name_is_longer_than_that_of_the_rest,unique" ddl:"check:another_column_whose_name_is_longer_than_that_of_the_rest <> ''"`
	Umlaute                                         int64  `bun:"ääääääääääääääääääääääääääääää,unique" ddl:"references:a_table_whose_name_is_so_long_that_it_takes_most_of_the_room(id)"`
}

type short struct {
	bun.BaseModel `bun:"table:s"`
	A             int64 `bun:",unique" ddl:"check:a > 0,check:a < 9"`
	B             int64 `bun:",unique" ddl:"unique(on:(a,b))"`
}

// The names are those that PostgreSQL gives to what bun leaves unnamed.
func TestNamesArePostgresOwn(t *testing.T) {
	db := servertest.OpenPostgres(t)
	for _, statement := range []string{
		`CREATE TABLE a_table_whose_name_is_so_long_that_it_takes_most_of_the_room (
			id bigint PRIMARY KEY,
			a_column_with_a_long_name bigint UNIQUE,
			another_column_whose_name_is_longer_than_that_of_the_rest varchar UNIQUE
				CHECK (another_column_whose_name_is_longer_than_that_of_the_rest <> ''),
			"ääääääääääääääääääääääääääääää" bigint UNIQUE
				REFERENCES a_table_whose_name_is_so_long_that_it_takes_most_of_the_room (id))`,
		`CREATE TABLE s (a bigint UNIQUE, b bigint UNIQUE, CHECK (a > 0), CHECK (a < 9), UNIQUE (a, b))`,
	} {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	s, _ := read(t, schema.Postgres, reflect.Options{}, (*longNames)(nil), (*short)(nil))
	for table := range s.Tables.All() {
		var got []string
		if table.PrimaryKey != nil {
			got = append(got, table.PrimaryKey.Name)
		}
		for _, unique := range table.Uniques {
			got = append(got, unique.Name)
		}
		for _, check := range table.Checks {
			got = append(got, check.Name)
		}
		for _, key := range table.ForeignKeys {
			got = append(got, key.Name)
		}
		want := constraintNames(t, db, table.Name.Name)
		for _, name := range got {
			if !want[name] {
				t.Errorf("%s: the server has no constraint %s", table.Name, name)
			}
			delete(want, name)
		}
		for name := range want {
			t.Errorf("%s: the model has no constraint %s", table.Name, name)
		}
	}
}

// constraintNames asks for the constraints of a table; the server cuts the table's name, too.
func constraintNames(t *testing.T, db *sql.DB, table string) map[string]bool {
	t.Helper()
	rows, err := db.Query(`SELECT conname FROM pg_constraint WHERE conrelid = $1::regclass AND contype <> 'n'`, table)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	names := map[string]bool{}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names[name] = true
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return names
}

func TestNamesStayApart(t *testing.T) {
	type first struct {
		bun.BaseModel `bun:"table:a"`
		BC            int64 `bun:"b_c,unique" ddl:"index"`
	}
	type second struct {
		bun.BaseModel `bun:"table:a_b"`
		C             int64 `bun:"c,unique" ddl:"index"`
	}
	for _, models := range [][]any{{(*first)(nil), (*second)(nil)}, {(*second)(nil), (*first)(nil)}} {
		s, _ := read(t, schema.Postgres, reflect.Options{}, models...)
		same(t, describe(s), `
			table a
			  b_c bigint
			  unique a_b_c_key (b_c)
			  index ix_a_b_c (b_c)
			table a_b
			  c bigint
			  unique a_b_c_key1 (c)
			  index ix_a_b_c1 (c)`)
	}
	s, _ := read(t, schema.MySQL, reflect.Options{}, (*longNames)(nil))
	for table := range s.Tables.All() {
		seen := map[string]bool{}
		for _, unique := range table.Uniques {
			if size := utf8.RuneCountInString(unique.Name); size > 64 || seen[unique.Name] {
				t.Errorf("unique %s: %d characters, or twice", unique.Name, size)
			}
			seen[unique.Name] = true
		}
	}
}

func TestTakenNames(t *testing.T) {
	type one struct {
		A int64 `bun:",unique:grp"`
	}
	type two struct {
		B int64 `bun:",unique:grp"`
	}
	type long struct {
		A int64 `ddl:"index:ix_0123456789012345678901234567890123456789012345678901234567890123456789"`
	}
	same(t, fail(t, schema.Postgres, (*one)(nil), (*two)(nil)),
		"reflect_test.two.B: the name grp of the unique constraint of table twos is taken by the unique constraint of table ones (reflect_test.one.A): choose another name")
	read(t, schema.MySQL, reflect.Options{}, (*one)(nil), (*two)(nil))
	read(t, schema.SQLite, reflect.Options{}, (*one)(nil), (*two)(nil))
	same(t, fail(t, schema.MySQL, (*long)(nil)),
		"reflect_test.long.A: the name ix_0123456789012345678901234567890123456789012345678901234567890123456789 of the index is longer than 64 characters: choose a shorter one")
	s, diagnostics := read(t, schema.Postgres, reflect.Options{}, (*long)(nil))
	if index := s.Table(schema.Name{Name: "longs"}).Indexes[0]; len(index.Name) != 63 || ids(diagnostics) != "name-cut A" {
		t.Errorf("index %s, diagnostics %v", index.Name, diagnostics)
	}
}

func TestOwnNaming(t *testing.T) {
	naming := reflect.Naming{
		PrimaryKey: "pk_{table}", Unique: "uq_{table}__{columns}", ForeignKey: "fk_{table}_{columns}", Check: "ck_{table}_{columns}",
		Index: "{table}_{columns}_idx",
	}
	s, _ := read(t, schema.Postgres, reflect.Options{Naming: naming}, (*short)(nil), (*biography)(nil), (*author)(nil), (*profile)(nil), (*book)(nil), (*tag)(nil), (*bookTag)(nil), (*note)(nil))
	text := describe(s)
	for _, want := range []string{
		"primary key pk_biographies (author_id)", "foreign key fk_biographies_author_id (author_id)", "unique uq_s__a (a)",
		"unique uq_s__a_b (a, b)", "check ck_s_a: a > 0", "check ck_s_a1: a < 9",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

func TestPositions(t *testing.T) {
	const path = "github.com/retort-db/retort/reflect_test."
	options := reflect.Options{Positions: reflect.Positions{
		path + "short":      {File: "models/short.go", Line: 3, Fields: map[string]int{"A": 5, "B": 6}},
		path + "timestamps": {File: "models/base.go", Line: 1, Fields: map[string]int{"CreatedAt": 2}},
		path + "stamped":    {File: "models/stamped.go", Line: 1, Fields: map[string]int{"timestamps": 8, "ID": 7}},
	}}
	s, _ := read(t, schema.Postgres, options, (*short)(nil), (*stamped)(nil))
	var got []string
	for table := range s.Tables.All() {
		got = append(got, fmt.Sprint(table.Name.Name, " ", table.Origin.File, ":", table.Origin.Line))
		for _, column := range table.Columns {
			got = append(got, fmt.Sprint(column.Origin, " ", column.Origin.File, ":", column.Origin.Line))
		}
	}
	same(t, strings.Join(got, "\n"), `
		s models/short.go:3
		reflect_test.short.A models/short.go:5
		reflect_test.short.B models/short.go:6
		stampeds models/stamped.go:1
		reflect_test.stamped.ID models/stamped.go:7
		reflect_test.stamped.timestamps.CreatedAt models/base.go:2
		reflect_test.stamped.timestamps.Name models/stamped.go:8`)
}

type stamped struct {
	ID int64 `bun:",pk"`
	timestamps
}
