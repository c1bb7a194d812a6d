package sqlite

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
)

func TestOpenReachesTheFileThatTheURLNames(t *testing.T) {
	folder := t.TempDir()
	t.Chdir(folder)
	if err := os.Mkdir("me@", 0o700); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ url, file string }{
		{"sqlite:one.db", "one.db"},
		{"sqlite://two.db", "two.db"},
		{"sqlite://" + folder + "/three.db", "three.db"},
		{"sqlite3:four.db", "four.db"},
		{"SQLite:capitals.db", "capitals.db"},
		{"FILE:shouted.db", "shouted.db"},
		{"file:five.db", "five.db"},
		{"file://" + folder + "/six.db", "six.db"},
		{"file://localhost" + folder + "/seven.db", "seven.db"},
		{"plain.db", "plain.db"},
		{"./dotted.sqlite3", "dotted.sqlite3"},
		{"sqlite:a%20space.db", "a space.db"},
		{"sqlite:hash%23 and%3fmark.db", "hash# and?mark.db"},
		{"per%cent.db", "per%cent.db"},
		{"with.db?_pragma=journal_mode(wal)", "with.db"},
		{"me@/here.db", "me@/here.db"},
		{"sqlite:" + folder + "/o'brien \"x\".db?_pragma=journal_mode(wal)", "o'brien \"x\".db"},
	} {
		t.Run(c.url, func(t *testing.T) {
			if dialect, err := introspect.DialectOf(c.url); err != nil || dialect != schema.SQLite {
				t.Errorf("is taken for %q (%v)", dialect, err)
			}
			db, err := Open(c.url)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if _, err := db.Exec("CREATE TABLE t (a)"); err != nil {
				t.Fatal(err)
			}
			if _, err := os.Stat(filepath.Join(folder, c.file)); err != nil {
				entries, _ := os.ReadDir(folder)
				t.Errorf("no file %q; there are %v", c.file, entries)
			}
		})
	}
}

func TestOpenSetsPragmasUnlessTheURLDoes(t *testing.T) {
	folder := t.TempDir()
	for _, c := range []struct{ parameters, pragma, want string }{
		{"", "foreign_keys", "1"},
		{"?_fk=off", "foreign_keys", "0"},
		{"?_foreign_keys=0", "foreign_keys", "0"},
		{"?_pragma=foreign_keys(0)", "foreign_keys", "0"},
		{"?_pragma=Foreign_Keys%20=%20off", "foreign_keys", "0"},
		{"?_pragma=foreign_keys_are_fine", "foreign_keys", "1"},
		{"", "busy_timeout", busyTimeout},
		{"?_pragma=busy_timeout=7", "busy_timeout", "7"},
		{"?_timeout=8", "busy_timeout", "8"},
	} {
		t.Run(c.parameters+" "+c.pragma, func(t *testing.T) {
			db, err := Open("sqlite:" + folder + "/p.db" + c.parameters)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			var got string
			if err := db.QueryRow("PRAGMA " + c.pragma).Scan(&got); err != nil {
				t.Fatal(err)
			}
			if got != c.want {
				t.Errorf("PRAGMA %s is %s, want %s", c.pragma, got, c.want)
			}
		})
	}
}

func TestOpenRefusesPathsWithoutADatabase(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	tiny := filepath.Join(folder, "tiny.db")
	if err := os.WriteFile(tiny, []byte("abc"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ url, want string }{
		{"sqlite:" + folder, "is a directory"},
		{"sqlite:" + folder + "/none/x.db", "does not exist; create it first"},
		{"sqlite:" + tiny, "is not a SQLite database: its 3 bytes"},
		{"sqlite:" + file + "/x.db", "not a directory"},
		{"sqlite:" + folder + "/missing.db?mode=ro", "there is no such file"},
		{"file:" + folder + "/missing.db?mode=rw", "there is no such file"},
	} {
		t.Run(c.url, func(t *testing.T) {
			_, err := introspect.Open(context.Background(), c.url)
			var pathError *PathError
			if !errors.As(err, &pathError) {
				t.Fatalf("error %v, want a PathError", err)
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %q, want %q in it", err, c.want)
			}
		})
	}
	if _, err := os.Stat(filepath.Join(folder, "missing.db")); err == nil {
		t.Error("mode=ro created the file")
	}
	for _, bad := range []string{"sqlite:", "sqlite://", "sqlite:a\x00b.db", "sqlite:x.db?a=%zz"} {
		if _, err := Open(bad); err == nil {
			t.Errorf("Open(%q) does not fail", bad)
		}
	}
}

func TestReadOnlyCannotWrite(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x.db")
	rw, err := Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer rw.Close()
	if _, err := rw.Exec("CREATE TABLE t (a)"); err != nil {
		t.Fatal(err)
	}
	ro, err := Open("sqlite:" + file + "?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer ro.Close()
	if _, err := ro.Exec("CREATE TABLE u (a)"); err == nil {
		t.Error("a database opened with mode=ro was written to")
	}
}

func TestMemoryIsOneDatabase(t *testing.T) {
	for _, url := range []string{":memory:", "sqlite::memory:", "sqlite://:memory:", "file::memory:"} {
		db, err := Open(url)
		if err != nil {
			t.Fatalf("%s: %v", url, err)
		}
		defer db.Close()
		if _, err := db.Exec("CREATE TABLE t (a)"); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if _, err := db.Exec("INSERT INTO t VALUES (1)"); err != nil {
				t.Errorf("%s: %v", url, err)
			}
		}
	}
}
