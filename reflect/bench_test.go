package reflect_test

import (
	"fmt"
	stdreflect "reflect"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/retort-db/retort/reflect"
	"github.com/retort-db/retort/schema"
)

// manyModels makes struct types with as many columns, of the usual kinds.
func manyModels(models, columns int) []any {
	types := []stdreflect.Type{
		stdreflect.TypeFor[int64](), stdreflect.TypeFor[string](), stdreflect.TypeFor[time.Time](), stdreflect.TypeFor[*bool](),
		stdreflect.TypeFor[[]byte](), stdreflect.TypeFor[map[string]string](), stdreflect.TypeFor[float64](),
	}
	tags := []string{
		`bun:",notnull"`, `bun:"type:varchar(100),notnull,default:'x'" ddl:"index"`, `bun:",notnull,default:current_timestamp"`, ``,
		`bun:",nullzero"`, `bun:"type:json"`, `ddl:"check:column > 0,comment:'Why, what for'"`,
	}
	out := make([]any, models)
	for i := range out {
		fields := []stdreflect.StructField{
			{Name: "BaseModel", Type: stdreflect.TypeFor[bun.BaseModel](), Anonymous: true, Tag: stdreflect.StructTag(fmt.Sprintf(`bun:"table:table_%d"`, i))},
			{Name: "ID", Type: stdreflect.TypeFor[int64](), Tag: `bun:",pk,autoincrement"`},
		}
		for j := range columns - 1 {
			fields = append(fields, stdreflect.StructField{
				Name: fmt.Sprintf("Column%d", j), Type: types[j%len(types)], Tag: stdreflect.StructTag(tags[j%len(tags)]),
			})
		}
		out[i] = stdreflect.StructOf(fields)
	}
	return out
}

func BenchmarkModels(b *testing.B) {
	models := manyModels(1000, 20)
	for _, dialect := range schema.Dialects {
		b.Run(string(dialect), func(b *testing.B) {
			for b.Loop() {
				if _, _, err := reflect.Models(dialect, reflect.Options{}, models...); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func TestManyModels(t *testing.T) {
	s, diagnostics := read(t, schema.Postgres, reflect.Options{}, manyModels(50, 20)...)
	if s.Tables.Len() != 50 || len(diagnostics) > 0 {
		t.Errorf("%d tables, diagnostics %v", s.Tables.Len(), diagnostics)
	}
}
