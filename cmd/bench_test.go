package cmd_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/retort-db/retort/cmd"
)

// BenchmarkTenThousandRevisions asks about a directory of 10,000 revisions, two branches of which are merged now and then.
func BenchmarkTenThousandRevisions(b *testing.B) {
	const count = 10_000
	dir := b.TempDir()
	write := func(name, content string) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	write("go.mod", "module example.com/app\n")
	write("retort.yaml", "url: sqlite:app.db\n")
	for i := range count {
		write(fmt.Sprintf("migrations/%05d_x.go", i), benchmarkRevision(i))
	}
	for _, args := range []string{"heads", "history -r -20:", "history", "history --graph", "show r05000", "branches"} {
		b.Run(args, func(b *testing.B) {
			environment := cmd.Environment{
				Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: os.Stderr, Now: time.Now,
				Lookup: func(string) (string, bool) { return "", false },
			}
			for b.Loop() {
				if code := cmd.Run(append([]string{"retort", "-C", dir}, strings.Fields(args)...), environment); code != 0 {
					b.Fatalf("exit code %d", code)
				}
			}
		})
	}
}

// benchmarkRevision follows the one before it; of ten, one begins a branch that the next but one joins again.
func benchmarkRevision(i int) string {
	id := func(n int) string { return fmt.Sprintf("%q", fmt.Sprintf("r%05d", n)) }
	var parents []string
	switch {
	case i == 0:
	case i%10 == 6:
		parents = []string{id(i - 2)}
	case i%10 == 7:
		parents = []string{id(i - 2), id(i - 1)}
	default:
		parents = []string{id(i - 1)}
	}
	created := time.Unix(int64(i)*60, 0).UTC().Format(time.RFC3339)
	return fmt.Sprintf(`package migrations

import (
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/versions"
)

func init() {
	Revisions.Add(versions.Revision{
		ID:      %s,
		Revises: versions.After(%s),
		Created: %q,
		Message: "add t%05d",
		Upgrade: func(m *op.Migration) {
			m.CreateTable("t%05d",
				op.Column("id", "bigint").NotNull().Identity(),
				op.Column("name", "varchar(100)").NotNull(),
				op.PrimaryKey("id"),
			)
		},
		Downgrade: func(m *op.Migration) {
			m.DropTable("t%05d")
		},
	})
}
`, id(i), strings.Join(parents, ", "), created, i, i, i)
}
