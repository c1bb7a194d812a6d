package schema_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/schema"
)

func TestNamesSurviveTheirText(t *testing.T) {
	for text, want := range map[string]schema.Name{
		"orders":              {Name: "orders"},
		"sales.orders":        {Schema: "sales", Name: "orders"},
		`"odd.name"`:          {Name: "odd.name"},
		`sales."odd.name"`:    {Schema: "sales", Name: "odd.name"},
		`"a.b"."c""d.e"`:      {Schema: "a.b", Name: `c"d.e`},
		`"""starts quoted"`:   {Name: `"starts quoted`},
		"with space.and null": {Schema: "with space", Name: "and null"},
	} {
		got := schema.ParseName(text)
		if got != want {
			t.Errorf("ParseName(%q) = %+v, want %+v", text, got, want)
		}
		if again := schema.ParseName(got.String()); again != want {
			t.Errorf("%q came back from its text %q as %+v", text, got.String(), again)
		}
	}
}

func TestObjects(t *testing.T) {
	var tables schema.Objects[*schema.Table]
	if tables.Len() != 0 || tables.Has(schema.Name{Name: "a"}) || tables.Remove(schema.Name{Name: "a"}) {
		t.Error("the zero value is not empty")
	}
	name := func(text string) schema.Name { return schema.Name{Name: text} }
	tables.Add(&schema.Table{Name: name("b")}, &schema.Table{Name: name("a")}, &schema.Table{Name: name("c")})
	tables.Add(&schema.Table{Name: name("a"), Comment: "new"})
	order := func() []string {
		var out []string
		for table := range tables.All() {
			out = append(out, table.Name.Name)
		}
		return out
	}
	if got := order(); !slices.Equal(got, []string{"b", "a", "c"}) {
		t.Errorf("order %v", got)
	}
	if table, _ := tables.Get(name("a")); table.Comment != "new" {
		t.Error("an object of a taken name does not replace the old one")
	}
	tables.Remove(name("b"))
	if table, ok := tables.Get(name("c")); !ok || table.Name.Name != "c" {
		t.Error("lookups are wrong after a removal")
	}
	tables.Sort()
	data, err := json.Marshal(tables)
	if err != nil {
		t.Fatal(err)
	}
	var back schema.Objects[*schema.Table]
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if table, ok := back.Get(name("a")); !ok || table.Comment != "new" || back.Len() != 2 {
		t.Errorf("came back from JSON as %s", data)
	}
}

func TestOptionsStaySorted(t *testing.T) {
	var a, b schema.Options
	a.Set("strict", "")
	a.Set("engine", "InnoDB")
	b.Set("engine", "MyISAM")
	b.Set("strict", "")
	b.Set("engine", "InnoDB")
	if !slices.Equal(a, b) {
		t.Errorf("%v and %v differ", a, b)
	}
	a.Delete("engine")
	if a.Has("engine") || !a.Has("strict") || a.String() != "strict" {
		t.Errorf("after a removal: %v", a)
	}
}

func TestVersions(t *testing.T) {
	v := schema.Version{Major: 10, Minor: 11, Patch: 14}
	for _, c := range []struct {
		major, minor, patch int
		want                bool
	}{{10, 11, 14, true}, {10, 11, 15, false}, {10, 12, 0, false}, {9, 99, 99, true}, {11, 0, 0, false}} {
		if got := v.AtLeast(c.major, c.minor, c.patch); got != c.want {
			t.Errorf("AtLeast(%d, %d, %d) = %v", c.major, c.minor, c.patch, got)
		}
	}
	if !(schema.Version{}).AtLeast(99, 0, 0) {
		t.Error("an unknown version is not the newest")
	}
}

// TestCloneSharesNothing fills a schema by reflection, every field of every object, and looks for memory that a clone
// shares with it. A field that Clone forgets is found without being named here.
func TestCloneSharesNothing(t *testing.T) {
	s := &schema.Schema{}
	s.Tables.Add(filled[schema.Table]())
	s.Enums.Add(filled[schema.Enum]())
	s.Domains.Add(filled[schema.Domain]())
	s.Composites.Add(filled[schema.Composite]())
	s.Sequences.Add(filled[schema.Sequence]())
	s.Views.Add(filled[schema.View]())
	s.Functions.Add(filled[schema.Function]())
	s.Triggers.Add(filled[schema.Trigger]())
	s.Extensions.Add(filled[schema.Extension]())
	s.Statistics.Add(filled[schema.Statistic]())
	s.Namespaces = []string{"a"}
	s.Unmodelled = []schema.Unmodelled{{Kind: "policy"}}
	s.Problems = []schema.Problem{{Object: "table a"}}
	clone := s.Clone()
	before, after := text(t, s), text(t, clone)
	if d := cmp.Diff(before, after); d != "" {
		t.Fatalf("the clone differs:\n%s", d)
	}
	mine := map[uintptr]string{}
	pointers(reflect.ValueOf(s), "schema", func(at uintptr, path string) { mine[at] = path })
	pointers(reflect.ValueOf(clone), "schema", func(at uintptr, path string) {
		if other, shared := mine[at]; shared {
			t.Errorf("%s is shared with %s", path, other)
		}
	})
}

func text(t *testing.T, value any) string {
	t.Helper()
	data, err := json.MarshalIndent(value, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func filled[T any]() *T {
	value := new(T)
	fill(reflect.ValueOf(value).Elem())
	return value
}

func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i))
			}
		}
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	}
}

// pointers calls found with the address of everything that a value points to.
func pointers(v reflect.Value, path string, found func(uintptr, string)) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			found(v.Pointer(), path)
			pointers(v.Elem(), path, found)
		}
	case reflect.Slice:
		if v.Len() > 0 {
			found(v.Pointer(), path)
		}
		for i := range v.Len() {
			pointers(v.Index(i), path+"[]", found)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			pointers(v.Field(i), path+"."+v.Type().Field(i).Name, found)
		}
	}
}
