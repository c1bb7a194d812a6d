package versions_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
	"github.com/retort-db/retort/versions"
)

// Pieces says of a revision what the runner does with it (TestScript and the crash tests show that).
func TestPieces(t *testing.T) {
	record := func(dialect schema.Dialect, do func(m *op.Migration)) []ddl.Statement {
		operations, err := op.Record(dialect, do)
		if err != nil {
			t.Fatal(err)
		}
		statements, err := ddl.Compile(schema.Server{Dialect: dialect}, schema.New(schema.Server{Dialect: dialect}), operations)
		if err != nil {
			t.Fatal(err)
		}
		return statements
	}
	table := func(m *op.Migration) {
		m.CreateTable("users", op.Column("id", "integer").NotNull(), op.Column("name", "varchar(80)"), op.PrimaryKey("id"))
	}
	mixed := func(m *op.Migration) {
		table(m)
		m.Exec("UPDATE users SET name = 'x'")
		m.On(op.Postgres, func(m *op.Migration) { m.CreateIndex("ix", "users", "name").Concurrently() })
		m.Backfill("users", "name", "'y'")
		m.Exec("UPDATE users SET name = 'z'")
	}
	rebuild := func(m *op.Migration) {
		table(m)
		m.AlterColumn("users", "name").NotNull()
	}
	for _, test := range []struct {
		name    string
		dialect schema.Dialect
		mode    versions.TransactionMode
		do      func(m *op.Migration)
		want    string
	}{
		{"postgres", schema.Postgres, "", mixed, "transaction 2, alone, alone, transaction 1"},
		{"postgres none", schema.Postgres, versions.TransactionNone, mixed, "alone, transaction 1, alone, alone, transaction 1"},
		{"mysql", schema.MySQL, "", mixed, "alone, transaction 1, alone, transaction 1"},
		{"sqlite", schema.SQLite, "", table, "transaction 1"},
		{"sqlite rebuild", schema.SQLite, "", rebuild, "transaction with foreign keys off"},
		{"nothing", schema.Postgres, "", func(*op.Migration) {}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			pieces, err := versions.Pieces(test.dialect, test.mode, record(test.dialect, test.do))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, piece := range pieces {
				text := "alone"
				if piece.Transaction {
					text = fmt.Sprintf("transaction %d", len(piece.Statements))
				}
				if piece.ForeignKeysOff {
					text = "transaction with foreign keys off" // its statements are ddl's business
				}
				got = append(got, text)
			}
			if strings.Join(got, ", ") != test.want {
				t.Errorf("got %s, want %s", strings.Join(got, ", "), test.want)
			}
		})
	}
	if _, err := versions.Pieces("oracle", "", nil); err == nil {
		t.Error("no error for an unknown dialect")
	}
}

func TestReadSources(t *testing.T) {
	directory, err := versions.ReadSources([]versions.Source{
		{File: "db/b.go", Text: []byte(revisionFile(`ID: "b1", Revises: versions.After("a1"),`))},
		{File: "db/a.go", Text: []byte(revisionFile(`ID: "a1",`))},
		{File: "db/notes.md", Text: []byte("versions.Revision{")},
	})
	if err != nil || len(directory.Revisions) != 2 || directory.Revisions[0].ID != "b1" || directory.Revisions[0].File != "db/b.go" {
		t.Fatalf("got %+v, %v", directory, err)
	}
}
