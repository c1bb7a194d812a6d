package driver

import (
	"context"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

func TestLost(t *testing.T) {
	recorded, err := op.Record(schema.Postgres, func(m *op.Migration) {
		m.CreateTable("a", op.Column("id", "bigint"))
		m.Exec("UPDATE a SET id = $1", 1)
		m.Exec("CREATE TABLE b ()").NoSchemaChange()
		m.Exec("CREATE TABLE c ()").Changes(func(*schema.Schema) error { return nil })
		m.Exec("UPDATE a SET at = $1", time.Now())
		m.Run("count", func(context.Context, bun.IDB) error { return nil })
		m.Insert("a", op.Row{"id": 1, "name": "x", "on": true, "price": 1.5, "gone": nil})
		m.Insert("a", op.Row{"id": int64(math.MaxInt64)})
		m.Insert("a", op.Row{"raw": []byte("x")})
	})
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, at := range []int{3, 4, 5, 7, 8} {
		want = append(want, recorded[at].String())
	}
	if got := lost(recorded); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
