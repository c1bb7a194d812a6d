package reflect

import (
	stdreflect "reflect"
	"strconv"
	"testing"

	"github.com/uptrace/bun/dialect/sqlitedialect"
)

// bunReads lets bun itself parse a tag.
func bunReads(tag string) (name string, options map[string][]string) {
	typ := stdreflect.StructOf([]stdreflect.StructField{{
		Name: "A", Type: stdreflect.TypeFor[string](), Tag: stdreflect.StructTag("bun:" + strconv.Quote(tag)),
	}})
	table := sqlitedialect.New().Tables().InProgress(typ)
	for _, field := range table.FieldMap {
		return field.Tag.Name, field.Tag.Options
	}
	return "", nil
}

var bunTags = []string{
	"", "name", ",pk", "pk", "name,type:text", "type:text,notnull", ",,pk", "a,,b", "type:numeric(10,2),notnull",
	"default:concat('a', 'b'),pk", "unique:'a,b'", `unique:"a,b",x`, `type:text COLLATE "C" CHECK(x),pk`, `default:"it's, ok"`,
	`"quoted",pk`, `type:"unclosed`, `a:b:c`, `type:enum('a','b'),type:x`, `x:(a,(b,c)),d`, `x:(a,"b)",c),d`, `x:(unclosed,a`,
	`"a\"b",c`, `"a\\",b`, `x:"a\"b,c",d`, "x:", "x:,y", ":x", ",", ",,", "a b , c", "type:double precision,notnull",
}

func TestParseBunTag(t *testing.T) {
	for _, tag := range bunTags {
		checkBunTag(t, tag)
	}
}

func FuzzParseBunTag(f *testing.F) {
	for _, tag := range bunTags {
		f.Add(tag)
	}
	f.Fuzz(func(t *testing.T, tag string) { checkBunTag(t, tag) })
}

func checkBunTag(t *testing.T, tag string) {
	t.Helper()
	parsed := parseBunTag(tag)
	for _, option := range parsed.options {
		switch option.key {
		case "scanonly", "rel", "m2m", "embed", "alt": // the field is not to be found by its name then
			return
		}
	}
	if tag == "-" {
		return
	}
	name, options := bunReads(tag)
	if parsed.name != name {
		t.Errorf("%q: name %q, bun has %q", tag, parsed.name, name)
	}
	got := map[string][]string{}
	for _, option := range parsed.options {
		got[option.key] = append(got[option.key], option.value)
	}
	if len(got)+len(options) > 0 && !stdreflect.DeepEqual(got, options) {
		t.Errorf("%q: options %q, bun has %q", tag, got, options)
	}
}
