package cmd_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/mod/modfile"

	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/internal/servertest/testenv"
	"github.com/retort-db/retort/introspect"
	_ "github.com/retort-db/retort/introspect/mysql"    // for sql
	_ "github.com/retort-db/retort/introspect/postgres" // for sql
	_ "github.com/retort-db/retort/introspect/sqlite"   // for sql
)

// toolDir holds the binary, built once, and the drivers' cache that all scripts share.
var toolDir string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "retort-script")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		toolDir = dir
		build := exec.Command("go", "build", "-buildvcs=false", "-o", filepath.Join(dir, "bin")+string(filepath.Separator), "./retort")
		build.Stderr = os.Stderr
		if err := build.Run(); err != nil {
			fmt.Fprintln(os.Stderr, "build the binary:", err)
			return 1
		}
		return m.Run()
	}())
}

// TestScripts runs the binary as a user has it: in modules of their own outside of this repository. Each script is a file
// of testdata/script; its commands are those of testscript and the ones below.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		Setup:               setup,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"module": module, "database": database, "exits": exits, "retort": retort, "edit": edit, "sql": sql, "recipes": recipes,
			"client": client,
		},
	})
}

func setup(env *testscript.Env) error {
	for _, name := range []string{"GOMODCACHE", "GOCACHE", "GOROOT", "GOPROXY", "GOSUMDB"} {
		value, err := exec.Command("go", "env", name).Output()
		if err != nil {
			return err
		}
		env.Setenv(name, strings.TrimSpace(string(value)))
	}
	env.Setenv("GOFLAGS", "")
	env.Setenv("GOTOOLCHAIN", "local")
	env.Setenv("GOWORK", "")
	env.Setenv("RETORT_CACHE", filepath.Join(toolDir, "cache"))
	root, err := filepath.Abs("..")
	if err != nil {
		return err
	}
	env.Setenv("ROOT", root)
	env.Setenv("RETORT_NOW", "2026-11-22T10:00:00Z")
	env.Setenv("PATH", filepath.Join(toolDir, "bin")+string(filepath.ListSeparator)+env.Getenv("PATH"))
	env.Values["tb"] = env.T()
	return nil
}

// module writes the go.mod and go.sum of a module that uses this checkout: "module example.com/app [dir]".
func module(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 || len(args) > 2 {
		ts.Fatalf("usage: module PATH [DIR]")
	}
	root, err := filepath.Abs("..")
	ts.Check(err)
	source, err := os.ReadFile(filepath.Join(root, "go.mod"))
	ts.Check(err)
	file, err := modfile.Parse("go.mod", source, nil)
	ts.Check(err)
	ts.Check(file.AddModuleStmt(args[0]))
	ts.Check(file.AddRequire("github.com/retort-db/retort", "v0.0.0"))
	ts.Check(file.AddReplace("github.com/retort-db/retort", "", root, ""))
	ts.Check(file.AddTool("github.com/retort-db/retort/cmd/retort"))
	formatted, err := file.Format()
	ts.Check(err)
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	ts.Check(err)
	dir := ts.MkAbs(".")
	if len(args) == 2 {
		dir = ts.MkAbs(args[1])
	}
	ts.Check(os.MkdirAll(dir, 0o755))
	ts.Check(os.WriteFile(filepath.Join(dir, "go.mod"), formatted, 0o644))
	ts.Check(os.WriteFile(filepath.Join(dir, "go.sum"), sums, 0o644))
}

// database makes an empty database and puts its URL into RETORT_URL: "database postgres". With "wrong-password" the URL has
// another password.
func database(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 || len(args) == 2 && args[1] != "wrong-password" || len(args) > 2 {
		ts.Fatalf("usage: database ENGINE [wrong-password]")
	}
	tb, ok := ts.Value("tb").(testing.TB)
	if !ok {
		ts.Fatalf("the test is no testing.TB")
	}
	made := servertest.URL(tb, args[0])
	if len(args) == 2 {
		parsed, err := url.Parse(made)
		ts.Check(err)
		parsed.User = url.UserPassword(parsed.User.Username(), "s3cr3t-and-wrong")
		made = parsed.String()
	}
	ts.Setenv("RETORT_URL", made)
}

// sql runs statements on the script's database: that of RETORT_URL, or the SQLite file of a project without configuration.
func sql(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: sql STATEMENT…")
	}
	at := ts.Getenv("RETORT_URL")
	if at == "" {
		at = "sqlite:" + ts.MkAbs("retort.db")
	}
	database, err := introspect.Open(context.Background(), at)
	ts.Check(err)
	defer database.Close()
	for _, statement := range args {
		_, err := database.Exec(statement)
		ts.Check(err)
	}
}

// client pipes a file through the engine's own client, on the database of RETORT_URL: "client forth.sql". It stops at the first
// error.
func client(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: client FILE")
	}
	address := ts.Getenv("RETORT_URL")
	var command *exec.Cmd
	if strings.HasPrefix(address, "mysql:") {
		config, err := testenv.MySQLConfig(address)
		ts.Check(err)
		host, port, err := net.SplitHostPort(config.Addr)
		ts.Check(err)
		program := "mariadb"
		if _, err := exec.LookPath(program); err != nil {
			program = "mysql"
		}
		command = exec.Command(program, "--no-defaults", "--protocol=tcp", "--default-character-set=utf8mb4", "-h", host, "-P", port, "-u", config.User, config.DBName)
		command.Env = append(os.Environ(), "MYSQL_PWD="+config.Passwd)
	} else {
		command = exec.Command("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", address)
	}
	command.Stdin = strings.NewReader(ts.ReadFile(args[0]))
	out, err := command.CombinedOutput()
	ts.Logf("%s", out)
	ts.Check(err)
}

// retort runs the binary and keeps the exit code for exits: "retort check".
func retort(ts *testscript.TestScript, neg bool, args []string) {
	err := ts.Exec(filepath.Join(toolDir, "bin", "retort"), args...)
	code := "0"
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code = fmt.Sprint(exit.ExitCode())
	} else if err != nil {
		ts.Fatalf("run retort: %v", err)
	}
	ts.Setenv("EXIT", code)
	switch {
	case neg && err == nil:
		ts.Fatalf("retort %s: it did not fail", strings.Join(args, " "))
	case !neg && err != nil:
		ts.Fatalf("retort %s: exit code %s", strings.Join(args, " "), code)
	}
}

// exits checks the exit code of the last retort: "exits 2".
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: exits CODE")
	}
	if got := ts.Getenv("EXIT"); got != args[0] {
		ts.Fatalf("exit code %s, want %s", got, args[0])
	}
}

// edit replaces a text in a file, which must be there: "edit models.go 'old' 'new'".
func edit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: edit FILE OLD NEW")
	}
	path := ts.MkAbs(args[0])
	content, err := os.ReadFile(path)
	ts.Check(err)
	if !strings.Contains(string(content), args[1]) {
		ts.Fatalf("%s does not contain %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(path, []byte(strings.ReplaceAll(string(content), args[1], args[2])), 0o644))
}
