package schema_test

import (
	"path/filepath"
	"testing"

	"github.com/retort-db/retort/schema"
)

// Objects say where they were declared, whichever method declares them.
func TestDeclarationOrigins(t *testing.T) {
	d := schema.NewDeclaration(schema.Server{Dialect: schema.Postgres}, schema.Origin{Type: "models.User"})
	d.Comment("c")                            // line 13
	d.Index("ix", "a").Unique()               // line 14
	d.Column("a").Comment("x").Enum("e", "v") // line 15
	d.On(schema.Postgres, func(t *schema.Declaration) {
		t.Check("ck", "a > 0")     // line 17
		t.Column("a").Type("text") // line 18
	})
	d.On(schema.MySQL, func(*schema.Declaration) { t.Error("called for another dialect") })
	d.At(schema.Origin{Type: "models.User", Field: "A", Line: 1}).ForeignKey("fk", "a")

	declared := d.Declared()
	origins := []struct {
		what   string
		origin schema.Origin
		line   int
	}{
		{"comment", declared.Attributes[0].Origin, 13},
		{"index", declared.Indexes[0].Origin, 14},
		{"column comment", declared.Attributes[1].Origin, 15},
		{"enum", declared.Enums[0].Origin, 15},
		{"check", declared.Checks[0].Origin, 17},
		{"type", declared.Attributes[2].Origin, 18},
	}
	for _, c := range origins {
		if filepath.Base(c.origin.File) != "declaration_test.go" || c.origin.Line != c.line || c.origin.Type != "models.User" {
			t.Errorf("%s: declared at %s:%d of %s, want line %d", c.what, c.origin.File, c.origin.Line, c.origin.Type, c.line)
		}
	}
	if at := declared.ForeignKeys[0].Origin; at.Line != 1 || at.Field != "A" || at.File != "" {
		t.Errorf("an exact origin was changed: %+v", at)
	}
	if !declared.Attributes[2].Specific || declared.Attributes[1].Specific {
		t.Error("what is inside On is not specific, or what is outside is")
	}
}

// A declaration keeps its own copies of what it is given.
func TestDeclarationCopies(t *testing.T) {
	d := schema.NewDeclaration(schema.Server{}, schema.Origin{})
	if !d.Declared().Empty() {
		t.Error("a new declaration is not empty")
	}
	columns := []string{"a", "b"}
	d.Unique("uq", columns...)
	d.ForeignKey("fk", columns...).References("sales.t", columns...).SetColumns(columns...)
	d.Enum("e", columns...)
	columns[0] = "changed"
	declared := d.Declared()
	for _, got := range []string{
		declared.Uniques[0].Columns[0], declared.ForeignKeys[0].Columns[0], declared.ForeignKeys[0].RefColumns[0],
		declared.ForeignKeys[0].SetColumns[0], declared.Enums[0].Values[0],
	} {
		if got != "a" {
			t.Errorf("got %q", got)
		}
	}
	if declared.ForeignKeys[0].RefTable != (schema.Name{Schema: "sales", Name: "t"}) {
		t.Errorf("refers to %s", declared.ForeignKeys[0].RefTable)
	}
}
