package servertest

import (
	"net/url"
	"os/exec"
	"strings"
	"testing"
)

// Client returns the engine's own command-line client, as far as it is on the path, and the arguments with which it runs a
// script from its standard input on the database of a URL and stops at the first error. The program is "" if there is none.
// The password goes through the environment.
func Client(tb testing.TB, engine, address string) (program string, arguments []string) {
	tb.Helper()
	candidates := map[string][]string{
		EnginePostgres: {"psql"}, EngineMySQL: {"mariadb", "mysql"}, EngineSQLite: {"sqlite3"},
	}[engine]
	for _, program := range candidates {
		if _, err := exec.LookPath(program); err != nil {
			continue
		}
		switch engine {
		case EnginePostgres:
			return program, []string{"-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", address}
		case EngineSQLite:
			return program, []string{"-bail", strings.TrimPrefix(address, "sqlite:")}
		}
		u, err := url.Parse(address)
		if err != nil {
			tb.Fatal("the server's URL cannot be read")
		}
		password, _ := u.User.Password()
		tb.Setenv("MYSQL_PWD", password)
		// Without --comments it takes remarks out of bodies.
		return program, []string{"--protocol=tcp", "--default-character-set=utf8mb4", "--comments", "--host=" + u.Hostname(), "--port=" + u.Port(),
			"--user=" + u.User.Username(), strings.TrimPrefix(u.Path, "/")}
	}
	return "", nil
}
