package autogen_test

import (
	"net"
	"os/exec"
	"strings"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/internal/servertest/testenv"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/render"
	"github.com/retort-db/retort/schema"
)

// client carries operations out as the script that "retort diff --sql" prints, in the engine's own client. It reports whether
// it did: steps in Go and bound values are no SQL, and a client need not be on every machine.
func (j *journey) client(before *schema.Schema, operations []op.Operation) bool {
	statements, err := ddl.Compile(j.server, before, operations)
	j.must(err)
	for _, statement := range statements {
		if statement.Run != nil || len(statement.Args) > 0 {
			return false
		}
	}
	command, found := j.clientCommand()
	if !found {
		j.t.Logf("no client for %s", j.server)
		return false
	}
	script := render.Script(j.server.Dialect, statements)
	command.Stdin = strings.NewReader(script)
	if out, err := command.CombinedOutput(); err != nil {
		j.fail("%s: %v\n%s\nscript:\n%s", command.Args[0], err, out, script)
	}
	return true
}

// clientCommand is the engine's client, so that it stops at the first error.
func (j *journey) clientCommand() (*exec.Cmd, bool) {
	names, args := []string{"sqlite3"}, []string{"-batch", "-bail", strings.TrimPrefix(j.url, "sqlite:")}
	var environment []string
	switch j.server.Dialect {
	case schema.Postgres:
		names, args = []string{"psql"}, []string{"-X", "-q", "-v", "ON_ERROR_STOP=1", j.url}
	case schema.MySQL:
		config, err := testenv.MySQLConfig(j.url)
		j.must(err)
		host, port, err := net.SplitHostPort(config.Addr)
		j.must(err)
		names = []string{"mariadb", "mysql"}
		args = []string{"--no-defaults", "--protocol=tcp", "--default-character-set=utf8mb4", "-h", host, "-P", port, "-u", config.User, config.DBName}
		environment = []string{"MYSQL_PWD=" + config.Passwd}
	}
	for _, name := range names {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		command := exec.CommandContext(j.ctx, path, args...)
		command.Env = append(command.Environ(), environment...)
		return command, true
	}
	return nil, false
}
