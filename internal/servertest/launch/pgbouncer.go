//go:build darwin || linux

package launch

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"syscall"

	"github.com/retort-db/retort/internal/servertest/testenv"
)

// PgBouncer is PgBouncer with pool_mode=transaction in front of a PostgreSQL server. It takes any user and database, and
// connects as the user of the server's URL.
type PgBouncer struct {
	Server string // URL
}

// Name returns the name in [Servers.URLs].
func (PgBouncer) Name() string { return "pgbouncer" }

// Product returns the name for people.
func (PgBouncer) Product() string { return "PgBouncer" }

// Packages returns the packages that bring it.
func (PgBouncer) Packages(string) [][]string { return [][]string{{"pgbouncer"}} }

// Container returns a docker command that runs it, and the URL it is then reached by.
func (b PgBouncer) Container() (command, url string) {
	return "docker run -d --network host -e DATABASE_URL=… -e POOL_MODE=transaction edoburu/pgbouncer", "postgres://postgres@127.0.0.1:5432/postgres"
}

var pgBouncerVersion = regexp.MustCompile(`^PgBouncer (\S+)`)

// Find looks for the program.
func (PgBouncer) Find(ctx context.Context) (Programs, error) {
	var rejected []string
	for _, folder := range searchPath("/usr/sbin", "/usr/local/bin", "/opt/homebrew/opt/pgbouncer/bin") {
		program, ok := executable(folder, "pgbouncer")
		if !ok {
			continue
		}
		line := firstLine(ctx, program, "--version")
		if version := pgBouncerVersion.FindStringSubmatch(line); version != nil {
			return Programs{Server: program, Init: program, Version: version[1]}, nil
		}
		rejected = append(rejected, fmt.Sprintf("%s is not PgBouncer: asked for its version it says %q", program, line))
	}
	return Programs{}, notFoundError("PgBouncer", "pgbouncer", rejected)
}

// Start starts it. A pool has two connections, so that transactions do get other sessions.
func (b PgBouncer) Start(_ context.Context, programs Programs, place *Place) (address string, process *Process, err error) {
	server, err := url.Parse(b.Server)
	if err != nil {
		return "", nil, err
	}
	port, err := freePort()
	if err != nil {
		return "", nil, err
	}
	quote := func(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
	secret := ""
	if password, _ := server.User.Password(); password != "" { // PgBouncer takes no empty one.
		secret = " password=" + quote(password)
	}
	settings := "[databases]\n* = host=" + quote(server.Hostname()) + " port=" + server.Port() + " user=" + quote(server.User.Username()) +
		secret + "\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = " + strconv.Itoa(port) +
		"\nunix_socket_dir =\nauth_type = any\npool_mode = transaction\ndefault_pool_size = 2\nignore_startup_parameters = extra_float_digits\n"
	if err := place.WriteFile("pgbouncer.ini", settings); err != nil {
		return "", nil, err
	}
	process, err = place.Spawn(syscall.SIGKILL, programs.Server, place.Path("pgbouncer.ini"))
	if err != nil {
		return "", nil, err
	}
	pooled := *server
	pooled.Host = "127.0.0.1:" + strconv.Itoa(port)
	return pooled.String(), process, nil
}

// Ready waits until it answers.
func (PgBouncer) Ready(ctx context.Context, url string) error {
	separator := "?"
	if strings.Contains(url, "?") {
		separator = "&"
	}
	return testenv.Wait(ctx, url+separator+"default_query_exec_mode=simple_protocol")
}
