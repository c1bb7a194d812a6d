package render_test

import (
	"go/build"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/render"
	"github.com/retort-db/retort/schema"
)

func TestFileName(t *testing.T) {
	created := time.Date(2026, 11, 22, 19, 30, 5, 0, time.FixedZone("", 3600))
	cases := []struct{ template, message, want string }{
		{"", "Add users.phone", "20261122183005_add_users_phone.go"},
		{"", "", "20261122183005.go"},
		{"", "port to Windows", "20261122183005_port_to_windows_change.go"},
		{"", "split test", "20261122183005_split_test_change.go"},
		{"", "drop js", "20261122183005_drop_js_change.go"},
		{"", "users für Größe", "20261122183005_users_f_r_gr_e.go"},
		{"", "add a very long message that nobody wants to read in a file name", "20261122183005_add_a_very_long_message_that_nobody_wants_to_read.go"},
		{"", strings.Repeat("x", 80), "20261122183005_" + strings.Repeat("x", 50) + ".go"},
		{"{id}_{slug}", "add phone", "1975ea83b712_add_phone.go"},
		{"_{slug}", "add phone", "add_phone.go"},
		{".{slug}", "", "revision_1975ea83b712.go"},
		{"{year}/{slug}.go", "add phone", "2026_add_phone.go"},
		{"{unix}_{nonsense}{slug}", "a", "1795372205_a.go"},
	}
	for _, c := range cases {
		if got := render.FileName(c.template, "1975ea83b712", c.message, created); got != c.want {
			t.Errorf("FileName(%q, %q) = %q, want %q", c.template, c.message, got, c.want)
		}
	}
}

// TestFileNamesAreBuilt asks go/build itself whether a file counts, on every kind of platform.
func TestFileNamesAreBuilt(t *testing.T) {
	dir := t.TempDir()
	words := strings.Fields("test aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 " +
		"solaris wasip1 windows zos 386 amd64 arm arm64 loong64 mips mipsle mips64 ppc64 riscv64 s390x sparc64 wasm unix")
	for _, word := range words {
		for _, message := range []string{word, "add " + word, word + " linux", "add linux " + word} {
			name := render.FileName("{slug}", "1", message, time.Time{})
			if err := os.WriteFile(filepath.Join(dir, name), []byte("package migrations\n"), 0o644); err != nil {
				t.Fatal(err)
			}
			for _, platform := range [][2]string{{"linux", "amd64"}, {"windows", "arm64"}, {"js", "wasm"}} {
				context := build.Default
				context.GOOS, context.GOARCH = platform[0], platform[1]
				match, err := context.MatchFile(dir, name)
				if err != nil || !match || strings.HasSuffix(name, "_test.go") {
					t.Errorf("%s is not built for %s (%v)", name, platform, err)
				}
			}
		}
	}
}

func TestCheckFileTemplate(t *testing.T) {
	cases := []struct{ template, want string }{
		{"", ""}, {"{year}_{slug}", ""}, {"{id}", ""},
		{"{rev}_{slug}", "unknown placeholder {rev}"},
		{"{year}", "add {id} or {slug}"},
	}
	for _, c := range cases {
		err := render.CheckFileTemplate(c.template)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("CheckFileTemplate(%q) = %v, want %q", c.template, err, c.want)
		}
	}
}

func TestMessageFor(t *testing.T) {
	cases := []struct {
		record func(*op.Migration)
		want   string
	}{
		{func(m *op.Migration) {}, "no changes"},
		{func(m *op.Migration) { m.AddColumn("users", op.Column("phone", "text")) }, "add users.phone"},
		{func(m *op.Migration) {
			m.AddColumn("users", op.Column("phone", "text"))
			m.CreateIndex("ix", "users", "phone")
			m.AlterColumn("orders", "total").NotNull()
		}, "add users.phone and 2 more changes"},
		{func(m *op.Migration) {
			m.CreateExtension("pg_trgm")
			m.CreateTable("projects", op.Column("id", "bigint"))
			m.CreateIndex("ix", "projects", "id")
			m.AddConstraint("projects", op.Unique("id").Named("u"))
		}, "create projects"},
		{func(m *op.Migration) {
			for _, name := range []string{"a", "b", "c", "d"} {
				m.CreateTable(name)
			}
		}, "create a, b and 2 more tables"},
		{func(m *op.Migration) {
			m.BatchAlterTable("users", func(t *op.Table) { t.DropColumn("a"); t.RenameColumn("b", "c") })
		}, "drop users.a and 1 more change"},
		{func(m *op.Migration) { m.CreateExtension("pg_trgm") }, "create extension pg_trgm"},
		{func(m *op.Migration) { m.CreateIndex("ix", "users", "a", "b") }, "index users by a, b"},
	}
	for _, c := range cases {
		operations, err := op.Record(schema.Postgres, c.record)
		if err != nil {
			t.Fatal(err)
		}
		if got := render.MessageFor(operations); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
