package diff_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/diff"
	"github.com/retort-db/retort/schema"
)

var update = flag.Bool("update", false, "write docs/detection.md anew")

// detectionSubject is a kind of object with an attribute of every kind set, in a schema where it may stand.
type detectionSubject struct {
	name    string
	engines []schema.Dialect
	// of returns the object in the schema that whole returns.
	of func(*schema.Schema) any
}

var everywhere = schema.Dialects

var postgresOnly = []schema.Dialect{schema.Postgres}

func detectionSubjects() []detectionSubject {
	orders := func(s *schema.Schema) *schema.Table { return s.Table(schema.Name{Name: "orders"}) }
	first := func(s *schema.Schema, kind string) any {
		name := schema.Name{Name: kind}
		switch kind {
		case "enum":
			o, _ := s.Enums.Get(name)
			return o
		case "domain":
			o, _ := s.Domains.Get(name)
			return o
		case "composite":
			o, _ := s.Composites.Get(name)
			return o
		case "sequence":
			o, _ := s.Sequences.Get(name)
			return o
		case "view":
			o, _ := s.Views.Get(name)
			return o
		case "matview":
			o, _ := s.Views.Get(name)
			return o.Indexes[0]
		case "f()":
			o, _ := s.Functions.Get(name)
			return o
		case "orders/trigger":
			o, _ := s.Triggers.Get(name)
			return o
		case "citext":
			o, _ := s.Extensions.Get(name)
			return o
		}
		o, _ := s.Statistics.Get(name)
		return o
	}
	subject := func(kind string) func(*schema.Schema) any {
		return func(s *schema.Schema) any { return first(s, kind) }
	}
	return []detectionSubject{
		{"table", everywhere, func(s *schema.Schema) any { return orders(s) }},
		{"partition", []schema.Dialect{schema.Postgres, schema.MySQL}, func(s *schema.Schema) any { return s.Table(schema.Name{Name: "parts"}).Partition }},
		{"column", everywhere, func(s *schema.Schema) any { return orders(s).Column("plain") }},
		{"generated column", everywhere, func(s *schema.Schema) any { return orders(s).Column("made").Generated }},
		{"identity", everywhere, func(s *schema.Schema) any { return orders(s).Column("id").Identity }},
		{"primary key", everywhere, func(s *schema.Schema) any { return orders(s).PrimaryKey }},
		{"unique constraint", everywhere, func(s *schema.Schema) any { return orders(s).Uniques[0] }},
		{"foreign key", everywhere, func(s *schema.Schema) any { return orders(s).ForeignKeys[0] }},
		{"check", everywhere, func(s *schema.Schema) any { return orders(s).Checks[0] }},
		{"exclusion constraint", postgresOnly, func(s *schema.Schema) any { return orders(s).Exclusions[0] }},
		{"exclusion element", postgresOnly, func(s *schema.Schema) any { return &orders(s).Exclusions[0].Elements[0] }},
		{"index", everywhere, func(s *schema.Schema) any { return orders(s).Indexes[0] }},
		{"index part", everywhere, func(s *schema.Schema) any { return &orders(s).Indexes[0].Parts[0] }},
		{"enum", postgresOnly, subject("enum")},
		{"domain", postgresOnly, subject("domain")},
		{"composite type", postgresOnly, subject("composite")},
		{"sequence", postgresOnly, subject("sequence")},
		{"view", everywhere, subject("view")},
		{"index of a materialized view", postgresOnly, subject("matview")},
		{"function", []schema.Dialect{schema.Postgres, schema.MySQL}, subject("f()")},
		{"trigger", everywhere, subject("orders/trigger")},
		{"extension", postgresOnly, subject("citext")},
		{"extended statistics", postgresOnly, subject("statistic")},
	}
}

// whole returns a schema that has one of everything.
func whole(dialect schema.Dialect) *schema.Schema {
	s := schema.New(schema.Server{Dialect: dialect})
	named := func(name string) schema.Name { return schema.Name{Name: name} }
	table := func(name string, columns ...string) *schema.Table {
		t := &schema.Table{Name: named(name)}
		for _, column := range columns {
			t.Columns = append(t.Columns, &schema.Column{Name: column, Type: "integer"})
		}
		return t
	}
	s.Tables.Add(table("users", "id", "other"), table("people", "id"))
	s.Tables.Add(&schema.Table{Name: named("parts"), Columns: []*schema.Column{{Name: "id", Type: "integer"}}, Partition: &schema.Partition{By: "RANGE (id)"}})
	orders := table("orders", "id", "plain", "a", "b", "user_id", "made")
	orders.Columns[0].NotNull = true
	orders.Columns[0].Identity = &schema.Identity{Kind: schema.IdentityByDefault}
	orders.Columns[5].Generated = &schema.Generated{Expr: "a + b", Stored: true}
	orders.PrimaryKey = &schema.PrimaryKey{Name: "orders_pkey", Columns: []string{"id"}}
	orders.Uniques = []*schema.Unique{{Name: "orders_key", Columns: []string{"a"}}}
	orders.ForeignKeys = []*schema.ForeignKey{{Name: "orders_fkey", Columns: []string{"user_id"}, RefTable: named("users"), RefColumns: []string{"id"}}}
	orders.Checks = []*schema.Check{{Name: "orders_check", Expr: "a > 0"}}
	orders.Indexes = []*schema.Index{{Name: "ix_orders", Parts: schema.Columns("a")}}
	s.Tables.Add(orders)
	view := func(name string) *schema.View {
		return &schema.View{Name: named(name), Definition: "SELECT a FROM orders", DependsOn: []schema.Dependency{{Relation: named("orders"), Column: "a"}}}
	}
	s.Views.Add(view("view"))
	s.Triggers.Add(&schema.Trigger{Name: named("orders/trigger"), Trigger: "trigger", Table: named("orders"), Definition: "CREATE TRIGGER trigger BEFORE UPDATE ON orders"})
	if dialect == schema.SQLite {
		return s
	}
	s.Functions.Add(&schema.Function{Name: named("f()"), Kind: "function", Definition: "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'"})
	if dialect == schema.MySQL {
		return s
	}
	orders.Exclusions = []*schema.Exclusion{{Name: "orders_excl", Method: "gist", Elements: []schema.ExclusionElement{{IndexPart: schema.IndexPart{Column: "a"}, Operator: "="}}}}
	s.Enums.Add(&schema.Enum{Name: named("enum"), Values: []string{"x", "y"}})
	s.Domains.Add(&schema.Domain{Name: named("domain"), Type: "text"})
	s.Composites.Add(&schema.Composite{Name: named("composite"), Fields: []schema.CompositeField{{Name: "x", Type: "integer"}}})
	s.Sequences.Add(&schema.Sequence{Name: named("sequence")})
	materialized := view("matview")
	materialized.Materialized = true
	materialized.Indexes = []*schema.Index{{Name: "ix_matview", Parts: schema.Columns("a")}}
	s.Views.Add(materialized)
	s.Extensions.Add(&schema.Extension{Name: "citext", Version: "1.5"})
	s.Statistics.Add(&schema.Statistic{Name: named("statistic"), Table: named("orders"), Definition: "CREATE STATISTICS statistic ON a, b FROM orders"})
	return s
}

// detectionNotes says what an attribute is that is no property of a database, or not compared on purpose. "" stands for
// every object.
var detectionNotes = map[string]string{
	".Origin": "where the model declares it", ".WasNamed": "what the model says it was called; makes a rename",
	".Natural": "what bun would call it; with the next makes a rename", "table.Model": "the Go type; makes a rename",
	"column.Field": "the Go field; makes a rename",
	".NameImplied": "whether the name is only a convention", ".Unmanaged": "an agreement of the baseline", ".Foreign": "why it is left alone",
	"table.IgnoredColumns": "columns that the model only reads", ".Accepts": "an agreement of the baseline",
	"column.Implied": "what bun's defaults chose", "column.Backfill": "the value for old rows", "index.Implicit": "made by MySQL for a foreign key",
	"identity.Sequence": "the sequence's name has no effect", ".DependsOn": "follows from the definition",
	"trigger.Trigger": "part of the name", "table.Name": "see renames.md", "column.Name": "see renames.md",
	"table.Columns": "see column", "table.PrimaryKey": "see primary key", "table.Uniques": "see unique constraint",
	"table.ForeignKeys": "see foreign key", "table.Checks": "see check", "table.Exclusions": "see exclusion constraint", "table.Indexes": "see index",
	"table.Partition": "see partition", "exclusion constraint.Elements": "see exclusion element", "index.Parts": "see index part",
	"index of a materialized view.Parts": "see index part", "index of a materialized view.Implicit": "made by MySQL for a foreign key",
	"index.Invalid": "an index that the server does not use is made anew", "index of a materialized view.Invalid": "as for an index",
	"view.Indexes": "see index of a materialized view",
}

// detectionOnly names the engines that have an attribute, where not all that have the object do.
var detectionOnly = map[string][]schema.Dialect{
	"table.Comment": {schema.Postgres, schema.MySQL}, "table.Inherits": postgresOnly, "table.Virtual": {schema.SQLite},
	"partition.Of": postgresOnly, "partition.Bound": postgresOnly,
	"column.Charset": {schema.MySQL}, "column.Comment": {schema.Postgres, schema.MySQL}, "identity.Start": postgresOnly, "identity.Increment": postgresOnly,
	"identity.Min": postgresOnly, "identity.Max": postgresOnly, "identity.Cache": postgresOnly, "identity.Cycle": postgresOnly,
	"primary key.Name": postgresOnly, "primary key.Include": postgresOnly, "primary key.Deferrable": postgresOnly, "primary key.Comment": postgresOnly,
	"unique constraint.Include": postgresOnly, "unique constraint.NullsNotDistinct": postgresOnly, "unique constraint.Deferrable": postgresOnly,
	"unique constraint.Comment": {schema.Postgres, schema.MySQL}, "foreign key.SetColumns": postgresOnly, "foreign key.Match": postgresOnly,
	"foreign key.Deferrable": {schema.Postgres, schema.SQLite}, "foreign key.NotValid": postgresOnly, "foreign key.NoEnforce": postgresOnly,
	"foreign key.Comment": postgresOnly, "check.NoInherit": postgresOnly, "check.NotValid": postgresOnly,
	"check.NoEnforce": {schema.Postgres, schema.MySQL}, "check.Comment": postgresOnly, "index.Method": {schema.Postgres, schema.MySQL},
	"index.Include": postgresOnly, "index.Where": {schema.Postgres, schema.SQLite}, "index.NullsNotDistinct": postgresOnly,
	"index.Comment": {schema.Postgres, schema.MySQL}, "index part.Nulls": postgresOnly, "index part.Collation": {schema.Postgres, schema.SQLite},
	"index part.OpClass": postgresOnly, "index part.Length": {schema.MySQL}, "view.Materialized": postgresOnly, "view.Comment": postgresOnly,
	"trigger.Enabled": postgresOnly, "trigger.Comment": postgresOnly, "exclusion element.Length": {}, "index.Invalid": postgresOnly,
	"view.Columns": {schema.Postgres, schema.MySQL}, "index of a materialized view.Invalid": postgresOnly,
}

// detectionOptions names the options of objects by engine.
var detectionOptions = map[string]map[schema.Dialect][]string{
	"table": {
		schema.Postgres: {schema.OptionUnlogged, schema.OptionTablespace, schema.OptionAccessMethod, schema.OptionWith, schema.OptionRowSecurity, schema.OptionReplicaIdentity, schema.OptionClusterOn},
		schema.MySQL:    {schema.OptionEngine, schema.OptionCharset, schema.OptionCollation, schema.OptionRowFormat, schema.OptionSystemVersioned, schema.OptionCreate},
		schema.SQLite:   {schema.OptionStrict, schema.OptionWithoutRowID},
	},
	"column": {
		schema.Postgres: {schema.OptionStorage, schema.OptionCompression, schema.OptionStatistics, schema.OptionWith},
		schema.MySQL:    {schema.OptionOnUpdate, schema.OptionInvisible, schema.OptionSRID},
		schema.SQLite:   {schema.OptionOnConflict},
	},
	"primary key":                  {schema.Postgres: {schema.OptionWithoutOverlaps}, schema.SQLite: {schema.OptionOnConflict}},
	"unique constraint":            {schema.Postgres: {schema.OptionWithoutOverlaps}, schema.SQLite: {schema.OptionOnConflict}},
	"check":                        {schema.MySQL: {schema.OptionColumn}},
	"exclusion constraint":         {schema.Postgres: {schema.OptionWith}},
	"index":                        {schema.Postgres: {schema.OptionWith, schema.OptionTablespace}, schema.MySQL: {schema.OptionParser, schema.OptionKeyBlockSize, schema.OptionInvisible}},
	"view":                         {schema.Postgres: {"security_barrier"}, schema.MySQL: {"algorithm"}},
	"index of a materialized view": {schema.Postgres: {schema.OptionWith}},
}

// detectionValues gives the other value of attributes for which any text would not do.
var detectionValues = map[string]any{
	"column.Type": "text", "identity.Kind": schema.IdentityAlways, "index part.Column": "b", "exclusion element.Column": "b",
	"primary key.Columns": []string{"id", "a"}, "unique constraint.Columns": []string{"a", "b"}, "foreign key.Columns": []string{"a"},
	"foreign key.RefColumns": []string{"other"}, "foreign key.RefTable": schema.Name{Name: "people"}, "table.Inherits": []schema.Name{{Name: "users"}},
	"index part.Expr": "", "trigger.Table": schema.Name{Name: "users"}, "extended statistics.Table": schema.Name{Name: "users"},
	"sequence.OwnedBy": schema.Dependency{Relation: schema.Name{Name: "orders"}, Column: "plain"},
	"partition.Of":     schema.Name{Name: "users"}, "primary key.Parts": []schema.IndexPart{{Column: "id", Desc: true}},
	"unique constraint.Parts": []schema.IndexPart{{Column: "a", Desc: true}}, "domain.Checks": []*schema.Check{{Name: "c", Expr: "VALUE > 0"}},
	"composite type.Fields": []schema.CompositeField{{Name: "x", Type: "bigint"}},
}

// TestDetection changes each attribute of each object on each engine, and writes down what the differ makes of it.
func TestDetection(t *testing.T) {
	var out strings.Builder
	out.WriteString(detectionHead)
	for _, subject := range detectionSubjects() {
		fields := reflect.TypeOf(subject.of(whole(schema.Postgres))).Elem()
		var notes []string
		for _, field := range flatFields(fields) {
			key := subject.name + "." + field
			if note := detectionNotes[key] + detectionNotes["."+field]; note != "" {
				notes = append(notes, fmt.Sprintf("`%s` (%s)", field, note))
				continue
			}
			if field == "Options" {
				writeDetection(t, &out, subject, detectedOptions(t, subject))
				continue
			}
			writeDetection(t, &out, subject, []detected{detectField(t, subject, field)})
		}
		if len(notes) > 0 {
			fmt.Fprintf(&out, "| %s | not compared by itself: %s | | | |\n", subject.name, strings.Join(notes, ", "))
		}
	}
	out.WriteString(detectionTail)
	file := filepath.Join("..", "docs", "detection.md")
	if *update {
		if err := os.WriteFile(file, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), out.String()); d != "" {
		t.Errorf("docs/detection.md is not what the differ does; go test ./diff -run Detection -update (-want +got):\n%s", d)
	}
}

// detected is what becomes of a change of one attribute, by engine.
type detected struct {
	attribute string
	outcome   map[schema.Dialect]string
}

func flatFields(structure reflect.Type) []string {
	var out []string
	for field := range structure.Fields() {
		if field.Anonymous {
			out = append(out, flatFields(field.Type)...)
			continue
		}
		out = append(out, field.Name)
	}
	return out
}

func detectField(t *testing.T, subject detectionSubject, field string) detected {
	t.Helper()
	key := subject.name + "." + field
	out := detected{attribute: field, outcome: map[schema.Dialect]string{}}
	for _, dialect := range everywhere {
		only, limited := detectionOnly[key]
		if !slices.Contains(subject.engines, dialect) || (limited && !slices.Contains(only, dialect)) {
			out.outcome[dialect] = "–"
			continue
		}
		before, after := whole(dialect), whole(dialect)
		object := subject.of(after)
		mutate(t, key, reflect.ValueOf(object).Elem().FieldByName(field))
		if field == "Expr" && (subject.name == "index part" || subject.name == "exclusion element") {
			part := reflect.ValueOf(object).Elem()
			part.FieldByName("Column").SetString("")
			part.FieldByName("Expr").SetString("a + 1")
		}
		refresh(after)
		out.outcome[dialect] = outcomeOf(t, key, before, after)
	}
	return out
}

func detectedOptions(t *testing.T, subject detectionSubject) []detected {
	t.Helper()
	var out []detected
	for _, dialect := range everywhere {
		for _, option := range detectionOptions[subject.name][dialect] {
			d := detected{attribute: "option " + option, outcome: map[schema.Dialect]string{}}
			for _, other := range everywhere {
				d.outcome[other] = "–"
			}
			before, after := whole(dialect), whole(dialect)
			options := reflect.ValueOf(subject.of(after)).Elem().FieldByName("Options").Addr().Interface().(*schema.Options)
			options.Set(option, "x")
			d.outcome[dialect] = outcomeOf(t, subject.name+"."+option, before, after)
			at := slices.IndexFunc(out, func(o detected) bool { return o.attribute == d.attribute })
			if at < 0 {
				out = append(out, d)
				continue
			}
			out[at].outcome[dialect] = d.outcome[dialect]
		}
	}
	return out
}

// mutate gives an attribute another value.
func mutate(t *testing.T, key string, value reflect.Value) {
	t.Helper()
	if other, ok := detectionValues[key]; ok {
		value.Set(reflect.ValueOf(other).Convert(value.Type()))
		return
	}
	number := int64(7)
	switch value.Interface().(type) {
	case string, schema.Action, schema.Deferrable, schema.NullsOrder:
		value.SetString(value.String() + "x")
	case bool:
		value.SetBool(!value.Bool())
	case int:
		value.SetInt(value.Int() + 7)
	case *int64:
		value.Set(reflect.ValueOf(&number))
	case []string:
		value.Set(reflect.Append(value, reflect.ValueOf("b")))
	case *schema.Generated:
		value.Set(reflect.ValueOf(&schema.Generated{Expr: "a", Stored: true}))
	case *schema.Identity:
		value.Set(reflect.ValueOf(&schema.Identity{Kind: schema.IdentityByDefault}))
	case schema.Name:
		value.Set(reflect.ValueOf(schema.Name{Name: value.Interface().(schema.Name).Name + "x"}))
	default:
		t.Fatalf("%s: no other value for a %s; add it to detectionValues", key, value.Type())
	}
}

// refresh puts objects whose names were changed under their new names.
func refresh(s *schema.Schema) {
	s.Tables.Refresh()
	s.Enums.Refresh()
	s.Domains.Refresh()
	s.Composites.Refresh()
	s.Sequences.Refresh()
	s.Views.Refresh()
	s.Functions.Refresh()
	s.Triggers.Refresh()
	s.Extensions.Refresh()
	s.Statistics.Refresh()
}

// outcomeOf returns the kinds of the operations that a difference makes, or the findings that it makes instead.
func outcomeOf(t *testing.T, key string, before, after *schema.Schema) string {
	t.Helper()
	plan, err := diff.Diff(before, after, diff.Options{})
	if err != nil {
		t.Fatalf("%s on %s: %v", key, before.Server.Dialect, err)
	}
	var out []string
	for _, operation := range plan.Operations {
		out = append(out, "`"+operation.Kind()+"`")
	}
	out = slices.Compact(out)
	if len(out) == 0 {
		for _, finding := range plan.Findings {
			out = append(out, "reported: "+finding.ID)
		}
	}
	if len(out) == 0 {
		return "**not seen**"
	}
	return strings.Join(out, ", ")
}

func writeDetection(t *testing.T, out *strings.Builder, subject detectionSubject, rows []detected) {
	t.Helper()
	for _, row := range rows {
		fmt.Fprintf(out, "| %s | %s | %s | %s | %s |\n", subject.name, row.attribute,
			row.outcome[schema.Postgres], row.outcome[schema.MySQL], row.outcome[schema.SQLite])
		for _, dialect := range everywhere {
			if row.outcome[dialect] == "**not seen**" && !slices.Contains(detectionBlind, subject.name+"."+row.attribute) {
				t.Errorf("%s of a %s is not compared on %s", row.attribute, subject.name, dialect)
			}
		}
	}
}

// detectionBlind lists what is not compared, with the reasons in the text below the table.
var detectionBlind = []string{"extension.Schema", "extension.Version", "check.option column"}

const detectionHead = `# What is detected

Written by TestDetection in package diff, which changes each attribute of each object on each engine and notes the
operations that package diff makes of it: "go test ./diff -run Detection -update". "–" means that the engine has no such
attribute. Objects that only one side has are created and dropped; that is not listed. Whether the operations do what
they should is proved on servers elsewhere: by autogen's corpus and random pairs.

| Object | Attribute | PostgreSQL | MySQL, MariaDB | SQLite |
|---|---|---|---|---|
`

const detectionTail = `
## What is not

- The version and the schema of an extension: an upgrade of an extension is an administrator's step, and models say
  nothing about them. That an extension is there or not is compared.
- MariaDB's note in which column's definition a check stands: the check itself is compared.
- The order of columns, except on MySQL and MariaDB. There a new column goes where the target has it, and columns in
  another order are reported (` + "`column-order`" + `), or moved if that is asked for. PostgreSQL and SQLite can only append columns.
- "reported: cannot-change" is a difference that no operation takes away: partitioning, inheritance, the arguments of a
  virtual table, the comment of a primary key. Write such steps by hand and say what they change.
- The fields of a composite type that a column is made of are reported (` + "`composite-in-use`" + `): PostgreSQL cannot convert
  the values. A domain in use is made anew, and the columns turn to its base type meanwhile.
- The order of an enum's values is reported (` + "`enum-order`" + `): PostgreSQL cannot change it.
- Grants, policies, publications, event triggers and whatever else the reader names under "not compared".
`
