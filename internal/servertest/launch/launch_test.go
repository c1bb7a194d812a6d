//go:build darwin || linux

package launch

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/retort-db/retort/internal/servertest/testenv"
)

// program writes a script that prints a line to --version, as the programs of a server do.
func program(t *testing.T, folder, name, line string) string {
	t.Helper()
	path := filepath.Join(folder, name)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("#!/bin/sh\necho '"+line+"'\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestProbePostgres(t *testing.T) {
	tests := []struct {
		name             string
		postgres, initdb string
		version, reason  string
	}{
		{
			name: "real", postgres: "postgres (PostgreSQL) 17.2 (Debian 17.2-1)", initdb: "initdb (PostgreSQL) 17.2 (Debian 17.2-1)",
			version: "17.2",
		},
		{name: "another program", postgres: "postgres, a mail gateway", initdb: "initdb (PostgreSQL) 17.2", reason: "is not PostgreSQL's server"},
		{name: "no initdb", postgres: "postgres (PostgreSQL) 17.2", reason: "has no initdb beside it"},
		{name: "another initdb", postgres: "postgres (PostgreSQL) 17.2", initdb: "initdb (PostgreSQL) 15.8", reason: "is not the initdb of PostgreSQL 17.2"},
		{name: "too old", postgres: "postgres (PostgreSQL) 9.6.24", initdb: "initdb (PostgreSQL) 9.6.24", reason: "is version 9.6.24; the tests need 12 or newer"},
		{name: "nothing"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			folder := t.TempDir()
			if test.postgres != "" {
				program(t, folder, "postgres", test.postgres)
			}
			if test.initdb != "" {
				program(t, folder, "initdb", test.initdb)
			}
			found, reason := probePostgres(t.Context(), folder)
			if found.Version != test.version {
				t.Errorf("version %q, want %q", found.Version, test.version)
			}
			if test.reason == "" && reason != "" || !strings.Contains(reason, test.reason) {
				t.Errorf("reason %q, want %q", reason, test.reason)
			}
		})
	}
}

func TestProbeMySQL(t *testing.T) {
	tests := []struct {
		name, program, line string
		script              string
		version, init       string
		reason              string
	}{
		{
			name: "MariaDB", program: "sbin/mariadbd", line: "mariadbd  Ver 10.11.14-MariaDB-0+deb12u2 for debian-linux-gnu on x86_64 (Debian 12)",
			script: "bin/mariadb-install-db", version: "10.11.14-MariaDB-0+deb12u2", init: "bin/mariadb-install-db",
		},
		{
			name: "an older MariaDB", program: "bin/mysqld", line: "mysqld  Ver 10.4.2-MariaDB for Linux on x86_64",
			script: "scripts/mysql_install_db", version: "10.4.2-MariaDB", init: "scripts/mysql_install_db",
		},
		{
			name: "MySQL", program: "sbin/mysqld", line: "/usr/sbin/mysqld  Ver 8.0.36-0ubuntu0.22.04.1 for Linux on x86_64 ((Ubuntu))",
			version: "8.0.36-0ubuntu0.22.04.1", init: "sbin/mysqld",
		},
		{name: "another program", program: "sbin/mysqld", line: "hello", reason: "is neither MariaDB's nor MySQL's server"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("PATH", "/bin:/usr/bin") // for the scripts' shell
			root := t.TempDir()
			server := program(t, filepath.Join(root, filepath.Dir(test.program)), filepath.Base(test.program), test.line)
			if test.script != "" {
				program(t, filepath.Join(root, filepath.Dir(test.script)), filepath.Base(test.script), "")
			}
			found, reason := probeMySQL(t.Context(), filepath.Dir(server), filepath.Base(server))
			if !strings.Contains(reason, test.reason) || test.reason == "" && reason != "" {
				t.Fatalf("reason %q, want %q", reason, test.reason)
			}
			if test.reason != "" {
				return
			}
			if want := filepath.Join(root, test.init); found.Version != test.version || filepath.Clean(found.Init) != want {
				t.Errorf("found %+v, want version %s and %s", found, test.version, want)
			}
		})
	}
}

func TestSearchPathTakesTheNewestFirst(t *testing.T) {
	root := t.TempDir()
	for _, version := range []string{"9.6", "15", "17", "8.4"} {
		if err := os.MkdirAll(filepath.Join(root, "postgresql", version, "bin"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", "relative:"+root+":/bin:"+root)
	got := searchPath(root+"/postgresql/*/bin", root+"/none/*")
	want := []string{root, "/bin"}
	for _, version := range []string{"17", "15", "9.6", "8.4"} {
		want = append(want, filepath.Join(root, "postgresql", version, "bin"))
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// absent is an engine that no machine has.
type absent struct{ Engine }

func (a absent) Find(context.Context) (Programs, error) {
	return Programs{}, errors.New("no " + a.Product() + " server: it is nowhere")
}

func TestMissingEngineSaysHowToGetIt(t *testing.T) {
	_, err := Start(t.Context(), []Engine{absent{Postgres{}}, absent{MySQL{}}}, Options{Log: io.Discard})
	var missing *MissingError
	if !errors.As(err, &missing) {
		t.Fatalf("error %v, want a MissingError", err)
	}
	for _, part := range []string{
		"no PostgreSQL server: it is nowhere\n",
		"no MariaDB or MySQL server: it is nowhere\n",
		"docker run -d -p 127.0.0.1:5432:5432",
		"export RETORT_TEST_POSTGRES_URL='postgres://",
		"export RETORT_TEST_MYSQL_URL='mysql://",
		"make test-sqlite",
	} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the message lacks %q:\n%v", part, err)
		}
	}
}

func TestMissingEngineNamesThePackages(t *testing.T) {
	missing := &MissingError{found: []lack{
		{engine: Postgres{}, err: errors.New("no PostgreSQL")},
		{engine: MySQL{}, err: errors.New("no MariaDB")},
	}}
	tests := map[string]string{
		"apt-get": "sudo apt-get install --no-install-recommends postgresql mariadb-server-core mariadb-client",
		"brew":    "brew install postgresql@17 mariadb",
		"dnf":     "sudo dnf install postgresql-server mariadb-server",
		"apk":     "sudo apk add postgresql mariadb",
	}
	var all []string
	for manager, want := range tests {
		all = append(all, want)
		folder := t.TempDir()
		program(t, folder, manager, "")
		t.Setenv("PATH", folder)
		if got := missing.commands(); !slices.Equal(got, []string{want}) {
			t.Errorf("with %s: %q, want %q", manager, got, want)
		}
	}
	t.Setenv("PATH", t.TempDir())
	got := missing.commands()
	slices.Sort(got)
	slices.Sort(all)
	if !slices.Equal(got, all) {
		t.Errorf("without a package manager: %q, want %q", got, all)
	}
}

func TestForbidServices(t *testing.T) {
	path := filepath.Join(t.TempDir(), "policy-rc.d")
	restore, err := forbidServices(path)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o111 == 0 {
		t.Fatalf("the policy: %v, %v", info, err)
	}
	again, err := forbidServices(path)
	if err != nil {
		t.Fatal(err)
	}
	again()
	if _, err := os.Stat(path); err != nil {
		t.Error("a policy that was there before is gone")
	}
	restore()
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the policy is still there: %v", err)
	}
}

func TestSweepRemovesWhatNobodyHolds(t *testing.T) {
	parent := t.TempDir()
	abandoned := filepath.Join(parent, folderPrefix+"1")
	starting := filepath.Join(parent, folderPrefix+"2")
	other := filepath.Join(parent, "other")
	for _, path := range []string{abandoned, starting, other} {
		if err := os.Mkdir(path, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{abandoned, other} {
		if err := os.WriteFile(filepath.Join(path, lockName), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	held := &folder{path: filepath.Join(parent, folderPrefix+"3")}
	if err := os.Mkdir(held.path, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := held.init(); err != nil {
		t.Fatal(err)
	}

	sweep(parent)
	if _, err := os.Stat(abandoned); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the abandoned folder is still there: %v", err)
	}
	for _, path := range []string{starting, other, held.path} {
		if _, err := os.Stat(path); err != nil {
			t.Errorf("%v", err)
		}
	}
	if err := held.remove(); err != nil {
		t.Error(err)
	}
}

// TestStart starts the real engines. On a machine that does not have one, whose tests therefore use a server named in
// the environment, it must say so.
func TestStart(t *testing.T) {
	for _, engine := range []Engine{Postgres{}, MySQL{}} {
		t.Run(engine.Name(), func(t *testing.T) {
			t.Parallel()
			_, missing := engine.Find(t.Context())
			servers, err := Start(t.Context(), []Engine{engine}, Options{Log: t.Output()})
			if missing != nil {
				if err == nil || !strings.Contains(err.Error(), missing.Error()) {
					t.Errorf("error %v, want %v", err, missing)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if err := testenv.Wait(t.Context(), servers.URLs[engine.Name()]); err != nil {
				t.Error(err)
			}
			if err := servers.Stop(); err != nil {
				t.Error(err)
			}
			if _, err := os.Stat(servers.folder.path); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("the folder %s is still there", servers.folder.path)
			}
		})
	}
}

// broken is a server that ends as soon as it is started.
type broken struct{ Engine }

func (broken) Find(context.Context) (Programs, error) { return Programs{Server: "/bin/sh"}, nil }

func (broken) Start(_ context.Context, programs Programs, place *Place) (string, *Process, error) {
	process, err := place.Spawn(9, programs.Server, "-c", "echo 'FATAL: no such luck'; exit 3")
	return "postgres://127.0.0.1:1/x", process, err
}

func TestStartShowsTheLogOfAServerThatFails(t *testing.T) {
	_, err := Start(t.Context(), []Engine{broken{Postgres{}}}, Options{Log: io.Discard})
	if err == nil || !strings.Contains(err.Error(), "exit status 3") || !strings.Contains(err.Error(), "FATAL: no such luck") {
		t.Errorf("error %v, want the exit status and the log", err)
	}
}
