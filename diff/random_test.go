package diff_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/diff"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// randomSchema returns a schema with up to five tables whose names, columns and keys come from small sets, so that two
// of them overlap.
func randomSchema(random *rand.Rand, dialect schema.Dialect) *schema.Schema {
	s := schema.New(schema.Server{Dialect: dialect})
	if dialect == schema.Postgres {
		for _, name := range []string{"mood", "state"} {
			if random.IntN(2) == 0 {
				s.Enums.Add(&schema.Enum{Name: schema.Name{Name: name}, Values: pick(random, []string{"new", "open", "done", "gone"}, 2)})
			}
		}
	}
	for _, name := range pick(random, []string{"users", "orders", "items", "tags", "notes", "events"}, 1) {
		s.Tables.Add(randomTable(random, s, name))
	}
	var tables []*schema.Table
	for table := range s.Tables.All() {
		tables = append(tables, table)
	}
	for _, table := range tables {
		for range random.IntN(3) {
			target := tables[random.IntN(len(tables))]
			column := table.Columns[1+random.IntN(len(table.Columns)-1)]
			name := fmt.Sprintf("%s_%s_fkey", table.Name.Name, column.Name)
			if table.ForeignKey(name) != nil {
				continue
			}
			actions := []schema.Action{schema.NoAction, schema.Cascade, schema.SetNull}
			table.ForeignKeys = append(table.ForeignKeys, &schema.ForeignKey{
				Name: name, Columns: []string{column.Name}, RefTable: target.Name, RefColumns: []string{"id"}, OnDelete: actions[random.IntN(3)],
			})
		}
	}
	return s
}

func randomTable(random *rand.Rand, s *schema.Schema, name string) *schema.Table {
	table := &schema.Table{Name: schema.Name{Name: name}, PrimaryKey: &schema.PrimaryKey{Name: name + "_pkey", Columns: []string{"id"}}}
	table.Columns = append(table.Columns, &schema.Column{Name: "id", Type: "bigint", NotNull: true})
	types := []string{"bigint", "text", "varchar(40)", "boolean"}
	for enum := range s.Enums.All() {
		types = append(types, enum.Name.Name)
	}
	for _, column := range pick(random, []string{"name", "title", "total", "owner_id", "note", "parent_id", "position"}, 2) {
		c := &schema.Column{Name: column, Type: types[random.IntN(len(types))], NotNull: random.IntN(3) == 0}
		if random.IntN(3) == 0 && c.Type == "bigint" {
			c.Default = "0"
		}
		if random.IntN(5) == 0 {
			c.Comment = "about " + column
		}
		table.Columns = append(table.Columns, c)
	}
	plain := table.Columns[1:]
	for i := range random.IntN(3) {
		columns := pick(random, []string{plain[0].Name, plain[1].Name}, 1)
		table.Indexes = append(table.Indexes, &schema.Index{
			Name: fmt.Sprintf("ix_%s_%d", name, i), Unique: random.IntN(4) == 0, Parts: []schema.IndexPart{{Column: columns[0], Desc: random.IntN(2) == 0}, {Expr: "lower(" + plain[0].Name + ")"}},
		})
	}
	if random.IntN(3) == 0 {
		table.Uniques = append(table.Uniques, &schema.Unique{Name: name + "_key", Columns: []string{plain[random.IntN(len(plain))].Name}})
	}
	if random.IntN(3) == 0 {
		table.Checks = append(table.Checks, &schema.Check{Name: name + "_check", Expr: plain[0].Name + " IS NOT NULL"})
	}
	return table
}

// pick returns at least the given number of the items, in random order.
func pick(random *rand.Rand, items []string, least int) []string {
	items = slices.Clone(items)
	random.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
	return items[:least+random.IntN(len(items)-least)]
}

// TestRandomPairs replays each plan in memory: it has to reach the target, and its reverse the start.
func TestRandomPairs(t *testing.T) {
	for _, dialect := range schema.Dialects {
		t.Run(string(dialect), func(t *testing.T) {
			for seed := range uint64(2000) {
				random := rand.New(rand.NewPCG(seed, 1))
				a, b := randomSchema(random, dialect), randomSchema(random, dialect)
				before := marshal(t, a) + marshal(t, b)
				plan, err := diff.Diff(a, b, diff.Options{})
				if err != nil {
					t.Fatalf("seed %d: %v", seed, err)
				}
				if marshal(t, a)+marshal(t, b) != before {
					t.Fatalf("seed %d: the input was changed", seed)
				}
				reached, err := op.Replay(a, plan.Operations)
				if err != nil {
					t.Fatalf("seed %d: %v\n%s", seed, err, describe(plan.Operations))
				}
				requireEqual(t, seed, reached, b, plan.Operations)
				restored, err := op.Replay(reached, plan.Reverse)
				if err != nil {
					t.Fatalf("seed %d: reverse: %v\n%s", seed, err, describe(plan.Reverse))
				}
				requireEqual(t, seed, restored, a, plan.Reverse)
				again, _ := diff.Diff(a, b, diff.Options{})
				if describe(again.Operations) != describe(plan.Operations) {
					t.Fatalf("seed %d: two runs gave two plans", seed)
				}
			}
		})
	}
}

func requireEqual(t *testing.T, seed uint64, got, want *schema.Schema, operations []op.Operation) {
	t.Helper()
	rest, err := diff.Diff(got, want, diff.Options{})
	if err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	if !rest.Empty() {
		t.Fatalf("seed %d: left over:\n%safter:\n%s", seed, describe(rest.Operations), describe(operations))
	}
	// An oracle apart from the differ: the same objects, whatever their order.
	if d := cmp.Diff(names(want), names(got)); d != "" {
		t.Fatalf("seed %d: objects differ (-want +got):\n%s", seed, d)
	}
}

// names lists every object with its definition, sorted.
func names(s *schema.Schema) []string {
	var out []string
	add := func(kind string, value any) {
		data, _ := json.Marshal(value)
		out = append(out, kind+" "+string(data))
	}
	for enum := range s.Enums.All() {
		values := slices.Sorted(slices.Values(enum.Values))
		add("enum "+enum.Name.Name, values)
	}
	for table := range s.Tables.All() {
		name := table.Name.Name
		for _, column := range table.Columns {
			add(name, column)
		}
		add(name, table.PrimaryKey)
		for _, part := range table.Uniques {
			add(name, part)
		}
		for _, part := range table.Checks {
			add(name, part)
		}
		for _, part := range table.ForeignKeys {
			add(name, part)
		}
		for _, part := range table.Indexes {
			add(name, part)
		}
	}
	slices.Sort(out)
	return out
}

func describe(operations []op.Operation) string {
	text := ""
	for _, operation := range operations {
		text += operation.String() + "\n"
	}
	return text
}

func marshal(t *testing.T, value any) string {
	t.Helper()
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
