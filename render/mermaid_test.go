package render_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/render"
	"github.com/retort-db/retort/schema"
)

func TestMermaid(t *testing.T) {
	operations, err := op.Record(op.Postgres, func(m *op.Migration) {
		m.CreateTable("users", op.Column("id", "bigint").NotNull(), op.Column("e-mail", "character varying(200)"), op.PrimaryKey("id"), op.Unique("e-mail"))
		m.CreateTable("shop.order items",
			op.Column("id", "bigint").NotNull(), op.Column("user \"id\"", "bigint"), op.Column("1st", "numeric(10,2)").NotNull(),
			op.PrimaryKey("id"), op.ForeignKey("user \"id\"").References("users", "id"))
		m.CreateTable("profiles", op.Column("user_id", "bigint"), op.PrimaryKey("user_id"), op.ForeignKey("user_id").References("users", "id"))
	})
	if err != nil {
		t.Fatal(err)
	}
	s, err := op.Replay(schema.New(schema.Server{Dialect: op.Postgres}), operations)
	if err != nil {
		t.Fatal(err)
	}
	want := `erDiagram
    "users" {
        bigint id PK "NOT NULL"
        character_varying_200 e-mail UK "character varying(200)"
    }
    "shop.order items" {
        bigint id PK "NOT NULL"
        bigint user_id FK "user 'id'"
        numeric_10_2 _1st "1st; numeric(10,2); NOT NULL"
    }
    "profiles" {
        bigint user_id PK, FK "NOT NULL"
    }
    "users" |o--o{ "shop.order items" : "user 'id'"
    "users" ||--o| "profiles" : "user_id"
`
	if d := cmp.Diff(want, render.Mermaid(s)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
