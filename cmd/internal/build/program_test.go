package build

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/schema"
)

var update = flag.Bool("update", false, "write the golden files")

func TestGenerate(t *testing.T) {
	tests := []struct {
		name    string
		program Program
	}{
		{"plain", Program{
			Models:     []Model{{ImportPath: "example.com/app/models", Type: "User"}, {ImportPath: "example.com/app/models", Type: "Order"}, {ImportPath: "example.com/app/billing", Type: "Invoice"}},
			Migrations: []Migrations{{ImportPath: "example.com/app/migrations", Registry: "Revisions"}},
			Dialects:   []schema.Dialect{schema.Postgres, schema.SQLite},
		}},
		{"internal", Program{
			Models:     []Model{{ImportPath: "example.com/app/internal/models", Type: "User"}, {ImportPath: "example.com/app/a/internal/x", Type: "X"}},
			Migrations: []Migrations{{ImportPath: "example.com/app/a/internal/migrations", Registry: "All"}},
			Dialects:   []schema.Dialect{schema.MySQL},
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.program.ModulePath = "example.com/app"
			generated := test.program.generate()
			if want := "example.com/app/.retort-driver"; generated.target != want {
				t.Errorf("target %s, want %s", generated.target, want)
			}
			golden := filepath.Join("testdata", test.name+".golden")
			if *update {
				if err := os.WriteFile(golden, []byte(generated.text()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), generated.text()); diff != "" {
				t.Error(diff)
			}
		})
	}
}
