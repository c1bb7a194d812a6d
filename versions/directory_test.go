package versions_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/retort-db/retort/versions"
)

const header = "package migrations\n\nimport (\n\t\"github.com/retort-db/retort/op\"\n\t\"github.com/retort-db/retort/versions\"\n)\n\n"

// revisionFile is a file as it is generated, with the given fields.
func revisionFile(fields string) string {
	return header + "func init() {\n\tRevisions.Add(versions.Revision{\n" + fields + `
		Upgrade: func(m *op.Migration) {
			m.CreateTable("projects",
				op.Column("id", "bigint").NotNull().Identity(),
				op.Column("name", "varchar(100)").NotNull(),
				op.Column("owner_id", "bigint"),
				op.Column("created_at", "timestamptz").NotNull().Default("now()"),
				op.PrimaryKey("id"),
				op.ForeignKey("owner_id").References("users", "id").OnDelete("CASCADE"),
			)
			m.CreateIndex("ix_projects_owner_id", "projects", "owner_id")
		},
		Downgrade: func(m *op.Migration) {
			m.DropIndex("ix_projects_owner_id", "projects")
			m.DropTable("projects")
		},
	})
}
`
}

func writeFiles(t testing.TB, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, content := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func TestReadDirMetadata(t *testing.T) {
	const plain = `ID: "a1", Revises: versions.After("b1", "b2"), Created: "2026-11-22T10:00:00Z", Message: "add " + "projects" + "!",
		Labels: []string{"billing"}, DependsOn: []string{"c1", "net"}, Replaces: []string{"y1", "y2"}, Transaction: versions.TransactionNone,`
	want := versions.Meta{
		ID: "a1", Created: "2026-11-22T10:00:00Z", Message: "add projects!", Revises: []string{"b1", "b2"},
		Labels: []string{"billing"}, DependsOn: []string{"c1", "net"}, Replaces: []string{"y1", "y2"},
	}
	cases := map[string]string{
		"as generated":         revisionFile(plain),
		"raw strings":          revisionFile("ID: `a1`, Revises: versions.After(`b1`, `b2`), Created: `2026-11-22T10:00:00Z`, Message: `add projects!`, Labels: []string{`billing`}, DependsOn: []string{`c1`, `net`}, Replaces: []string{`y1`, `y2`},"),
		"import under a name":  strings.ReplaceAll(strings.ReplaceAll(revisionFile(plain), "versions.", "v."), "\"github.com/retort-db/retort/versions\"", "v \"github.com/retort-db/retort/versions\""),
		"dot import":           strings.ReplaceAll(strings.ReplaceAll(revisionFile(plain), "versions.", ""), "\"github.com/retort-db/retort/versions\"", ". \"github.com/retort-db/retort/versions\""),
		"registry elsewhere":   strings.ReplaceAll(revisionFile(plain), "Revisions.Add", "shared.Revisions.Add"),
		"type errors":          revisionFile(plain) + "var x int = \"text\" + undefined()\n",
		"broken code below":    revisionFile(plain) + "func broken( {\n",
		"two imports of which": strings.ReplaceAll(revisionFile(plain), "import (", "import (\n\t\"fmt\""),
	}
	for name, source := range cases {
		t.Run(name, func(t *testing.T) {
			folder := writeFiles(t, map[string]string{"0001_x.go": source})
			directory, err := versions.ReadDir(folder)
			if err != nil {
				t.Fatal(err)
			}
			ignore := cmpopts.IgnoreFields(versions.Meta{}, "File", "Line")
			if diff := cmp.Diff([]versions.Meta{want}, directory.Revisions, ignore); diff != "" {
				t.Error(diff)
			}
			if got := directory.Revisions[0].File; got != filepath.Join(folder, "0001_x.go") {
				t.Errorf("file %q", got)
			}
		})
	}
}

func TestReadDirIgnores(t *testing.T) {
	cases := map[string]string{
		"migrations.go":   "package migrations\n\nimport \"github.com/retort-db/retort/versions\"\n\nvar Revisions = &versions.Set{}\n",
		"README.md":       "ID: \"x\"",
		".#0001_x.go":     revisionFile(`ID: "x1",`),
		"check_test.go":   header + "func TestAll(t *testing.T) {\n\tset := &versions.Set{}\n\tset.Add(versions.Revision{ID: \"t1\"})\n}\n",
		"other_linux.go":  "package migrations\n",
		"list.go":         header + "func all() { list.Add(1); other.Add(x) }\n",
		"empty.go":        "",
		"sub/0001_sub.go": revisionFile(`ID: "s1",`),
	}
	directory, err := versions.ReadDir(writeFiles(t, cases))
	if err != nil {
		t.Fatal(err)
	}
	if len(directory.Revisions) != 0 {
		t.Errorf("read %+v", directory.Revisions)
	}
}

func TestReadDirErrors(t *testing.T) {
	literal := func(field string) func(error) bool {
		return func(err error) bool {
			var e *versions.LiteralError
			return errors.As(err, &e) && e.Field == field && e.Line > 0
		}
	}
	leftOut := func(err error) bool {
		var e *versions.LeftOutError
		return errors.As(err, &e) && e.Revision == "a1"
	}
	cases := []struct {
		name, file, source string
		is                 func(error) bool
		says               string
	}{
		{"ID is a constant", "x.go", revisionFile(`ID: revisionID,`), literal("ID"), "ID has to be written out as a string"},
		{"no ID", "x.go", revisionFile(`Message: "m",`), literal("ID"), "x.go:9: ID"},
		{"message is computed", "x.go", revisionFile(`ID: "a1", Message: fmt.Sprint(1),`), literal("Message"), "Message"},
		{"parent is a variable", "x.go", revisionFile(`ID: "a1", Revises: versions.After(parent),`), literal("Revises"), "Revises"},
		{"parents are spread", "x.go", revisionFile(`ID: "a1", Revises: versions.After(parents...),`), literal("Revises"), "versions.After"},
		{"parents from a function", "x.go", revisionFile(`ID: "a1", Revises: parents(),`), literal("Revises"), "Revises"},
		{"labels from a variable", "x.go", revisionFile(`ID: "a1", Labels: labels,`), literal("Labels"), "Labels"},
		{"a dependency is computed", "x.go", revisionFile(`ID: "a1", DependsOn: []string{dep()},`), literal("DependsOn"), "DependsOn"},
		{"fields without names", "x.go", header + "func init() {\n\tRevisions.Add(versions.Revision{\"a1\"})\n}\n", literal(""), "fields with their names"},
		{"revision is a variable", "x.go", header + "func init() {\n\tRevisions.Add(revision)\n}\n", literal(""), "x.go:9: the revision has to be written out"},
		{"nothing is left of the file", "x.go", header + "func init( {{{ Revisions.Add(", func(err error) bool {
			var e *versions.FileError
			return errors.As(err, &e)
		}, "x.go"},
		{"test file", "0001_add_test.go", revisionFile(`ID: "a1",`), leftOut, "compiled for tests only"},
		{"platform", "0001_drop_windows.go", revisionFile(`ID: "a1",`), leftOut, "_windows.go"},
		{"architecture", "0001_support_arm.go", revisionFile(`ID: "a1",`), leftOut, "_arm.go"},
		{"platform and architecture", "0001_linux_amd64.go", revisionFile(`ID: "a1",`), leftOut, "_amd64.go"},
		{"underscore", "_0001_x.go", revisionFile(`ID: "a1",`), leftOut, "underscore"},
		{"build constraint", "0001_x.go", "//go:build ignore\n\n" + revisionFile(`ID: "a1",`), leftOut, "//go:build ignore"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := versions.ReadDir(writeFiles(t, map[string]string{c.file: c.source}))
			if err == nil || !c.is(err) || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), c.file) {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run("a file may have the name of a platform", func(t *testing.T) {
		directory, err := versions.ReadDir(writeFiles(t, map[string]string{"linux.go": revisionFile(`ID: "a1",`)}))
		if err != nil || len(directory.Revisions) != 1 {
			t.Errorf("got %v, %v", directory.Revisions, err)
		}
	})
	t.Run("no folder", func(t *testing.T) {
		_, err := versions.ReadDir(filepath.Join(t.TempDir(), "nowhere"))
		var e *versions.FolderError
		if !errors.As(err, &e) || !strings.Contains(err.Error(), "retort init") {
			t.Errorf("got %v", err)
		}
	})
}

func TestReadDirSeveralFolders(t *testing.T) {
	first := writeFiles(t, map[string]string{"b.go": revisionFile(`ID: "b1", Revises: versions.After("a1"),`), "a.go": revisionFile(`ID: "a1",`)})
	second := writeFiles(t, map[string]string{"c.go": revisionFile(`ID: "c1", Revises: versions.After("b1"),`)})
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(first, link); err != nil {
		t.Fatal(err)
	}
	directory, err := versions.ReadDir(first, second, link, second+string(filepath.Separator))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{first, second}, directory.Folders); diff != "" {
		t.Error(diff)
	}
	graph, err := directory.Graph()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"c1"}, graph.Heads()); diff != "" {
		t.Error(diff)
	}
	for parent, want := range map[string]string{"b1": first, "c1": second} {
		if got, err := directory.FolderOf([]string{parent}); err != nil || got != want {
			t.Errorf("folder after %s: %q, %v", parent, got, err)
		}
	}
	if _, err := directory.FolderOf(nil); err == nil || !strings.Contains(err.Error(), "which folder") {
		t.Errorf("got %v", err)
	}
	t.Run("the same ID in both", func(t *testing.T) {
		third := writeFiles(t, map[string]string{"again.go": revisionFile(`ID: "a1",`)})
		directory, err := versions.ReadDir(first, third)
		if err != nil {
			t.Fatal(err)
		}
		_, err = directory.Graph()
		var e *versions.DuplicateError
		if !errors.As(err, &e) || !strings.Contains(err.Error(), "a.go:") || !strings.Contains(err.Error(), "again.go:") {
			t.Errorf("got %v", err)
		}
	})
}

// BenchmarkHistory reads a folder of 10,000 revisions, and finds its heads and the newest twenty revisions.
func BenchmarkHistory(b *testing.B) {
	folder := b.TempDir()
	const count = 10_000
	for i := range count {
		fields := fmt.Sprintf("ID: \"r%05d\", Created: %q,", i, time.Unix(int64(i)*60, 0).UTC().Format(time.RFC3339))
		if i > 0 {
			fields += fmt.Sprintf(" Revises: versions.After(\"r%05d\"),", i-1)
		}
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("%05d_x.go", i)), []byte(revisionFile(fields)), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		directory, err := versions.ReadDir(folder)
		if err != nil {
			b.Fatal(err)
		}
		graph, err := directory.Graph()
		if err != nil {
			b.Fatal(err)
		}
		if heads := graph.Heads(); len(heads) != 1 || heads[0] != "r09999" {
			b.Fatalf("heads %v", heads)
		}
		history, err := graph.Range("-20:", nil)
		if err != nil || len(history) != 21 || history[0].ID != "r09999" {
			b.Fatalf("history has %d revisions, %v", len(history), err)
		}
	}
}

func TestReadDirOverlaid(t *testing.T) {
	folder := writeFiles(t, map[string]string{
		"0001_a.go": revisionFile(`ID: "a1",`), "0002_b.go": revisionFile(`ID: "on_disk",`), "0003_c.go": revisionFile(`ID: "c1",`),
	})
	directory, err := versions.ReadDirOverlaid(map[string][]byte{
		filepath.Join(folder, "0002_b.go"): []byte(revisionFile(`ID: "b1",`)),
		filepath.Join(folder, "0003_c.go"): nil,
		filepath.Join(folder, "0004_d.go"): []byte(revisionFile(`ID: "d1",`)),
	}, folder)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, meta := range directory.Revisions {
		ids = append(ids, meta.ID)
	}
	if got := strings.Join(ids, " "); got != "a1 b1 d1" {
		t.Errorf("read %s", got)
	}
}
