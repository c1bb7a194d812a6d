//go:build darwin || linux

package launch

import (
	"context"
	"crypto/rand"
	"fmt"
	"regexp"
	"runtime"
	"strconv"
	"syscall"

	"github.com/retort-db/retort/internal/servertest/testenv"
)

// oldestPostgres is the oldest major version that the tests are written for.
const oldestPostgres = 12

// Postgres is PostgreSQL.
type Postgres struct{}

// Name returns the engine's name.
func (Postgres) Name() string { return testenv.Postgres }

// Product returns the name for people.
func (Postgres) Product() string { return "PostgreSQL" }

// Packages returns the packages that bring the server.
func (Postgres) Packages(manager string) [][]string {
	switch manager {
	case "brew":
		return [][]string{{"postgresql@17"}}
	case "dnf":
		return [][]string{{"postgresql-server"}}
	default:
		return [][]string{{"postgresql"}}
	}
}

// Container returns a docker command that runs the server, and the URL it is then reached by.
func (Postgres) Container() (command, url string) {
	return "docker run -d -p 127.0.0.1:5432:5432 -e POSTGRES_PASSWORD=retort postgres:17",
		"postgres://postgres:retort@127.0.0.1:5432/postgres?sslmode=disable"
}

var postgresVersion = regexp.MustCompile(`^(?:postgres|initdb) \(PostgreSQL\) ((\d+)\S*)`)

// Find looks for a folder that has both programs of one PostgreSQL: postgres and initdb.
func (Postgres) Find(ctx context.Context) (Programs, error) {
	patterns := []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/libexec/postgresql*", "/usr/local/pgsql/bin"}
	for _, prefix := range brewPrefixes {
		patterns = append(patterns, prefix+"/opt/postgresql@*/bin")
	}
	var rejected []string
	for _, folder := range searchPath(patterns...) {
		found, reason := probePostgres(ctx, folder)
		if found.Server != "" {
			return found, nil
		}
		if reason != "" {
			rejected = append(rejected, reason)
		}
	}
	return Programs{}, notFoundError("PostgreSQL", "postgres with initdb beside it", rejected)
}

// probePostgres returns the programs in a folder, or why what is there does not serve. A folder without any has no
// reason.
func probePostgres(ctx context.Context, folder string) (found Programs, reason string) {
	server, ok := executable(folder, "postgres")
	if !ok {
		return Programs{}, ""
	}
	line := firstLine(ctx, server, "--version")
	version := postgresVersion.FindStringSubmatch(line)
	if version == nil {
		return Programs{}, fmt.Sprintf("%s is not PostgreSQL's server: asked for its version it says %q", server, line)
	}
	if major, err := strconv.Atoi(version[2]); err != nil || major < oldestPostgres {
		return Programs{}, fmt.Sprintf("%s is version %s; the tests need %d or newer", server, version[1], oldestPostgres)
	}
	initdb, ok := executable(folder, "initdb")
	if !ok {
		return Programs{}, fmt.Sprintf("%s has no initdb beside it", server)
	}
	initLine := firstLine(ctx, initdb, "--version")
	initVersion := postgresVersion.FindStringSubmatch(initLine)
	if initVersion == nil || initVersion[2] != version[2] {
		return Programs{}, fmt.Sprintf("%s is not the initdb of PostgreSQL %s: asked for its version it says %q", initdb, version[1], initLine)
	}
	return Programs{Server: server, Init: initdb, Version: version[1]}, ""
}

// Start makes a cluster and starts it.
func (Postgres) Start(ctx context.Context, programs Programs, place *Place) (url string, process *Process, err error) {
	password := rand.Text()
	if err := place.WriteFile("password", password); err != nil {
		return "", nil, err
	}
	locale := "C"
	if runtime.GOOS == "linux" {
		locale = "C.UTF-8"
	}
	err = place.Run(ctx, programs.Init,
		"--pgdata="+place.Path("data"), "--username=postgres", "--pwfile="+place.Path("password"), "--auth=scram-sha-256",
		"--encoding=UTF8", "--locale="+locale, "--no-sync")
	if err != nil {
		return "", nil, err
	}
	port, err := freePort()
	if err != nil {
		return "", nil, err
	}
	args := []string{"-D", place.Path("data")}
	for _, setting := range []string{
		"listen_addresses=127.0.0.1",
		"port=" + strconv.Itoa(port),
		"unix_socket_directories=",
		"fsync=off",
		"synchronous_commit=off",
		"full_page_writes=off",
		"autovacuum=off",
		"max_wal_size=256MB",
		"shared_buffers=64MB",
		"max_connections=200",
		"max_locks_per_transaction=256",
		"timezone=UTC",
		"log_timezone=UTC",
	} {
		args = append(args, "-c", setting)
	}
	// SIGQUIT is PostgreSQL's immediate shutdown: it frees what it holds of the system and saves nothing.
	process, err = place.Spawn(syscall.SIGQUIT, programs.Server, args...)
	if err != nil {
		return "", nil, err
	}
	return fmt.Sprintf("postgres://postgres:%s@127.0.0.1:%d/postgres?sslmode=disable", password, port), process, nil
}

// Ready waits until the server answers.
func (Postgres) Ready(ctx context.Context, url string) error {
	return testenv.Wait(ctx, url)
}
