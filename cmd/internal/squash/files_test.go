package squash

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLeftovers(t *testing.T) {
	const add = "\tRevisions.Add(versions.Revision{ID: \"a\"})\n"
	cases := []struct {
		name, source string
		want         []string
	}{
		{"a revision alone", "func init() {\n" + add + "}\n", nil},
		{"two in one init", "func init() {\n" + add + add + "}\n", nil},
		{"a helper", "func init() {\n" + add + "}\n\nfunc id(m *op.Migration) {}\n", []string{"func id"}},
		{"more in init", "func init() {\n" + add + "\tprintln()\n\tlist.Add(1)\n}\n", []string{"the statement in line 7", "the statement in line 8"}},
		{"declarations", "type row struct{}\n\nvar a, b = 1, 2\n\nconst c = 3\n\nfunc (row) init() {}\n", []string{"type row", "var a", "var b", "const c", "func init"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := Leftovers("a.go", []byte("package m\n\nimport \"fmt\"\n\n"+c.source))
			if diff := cmp.Diff(c.want, got); err != nil || diff != "" {
				t.Errorf("%v\n%s", err, diff)
			}
		})
	}
	if _, err := Leftovers("a.go", []byte("package")); err == nil {
		t.Error("no error for what is no Go")
	}
}
