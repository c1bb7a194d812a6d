//go:build darwin || linux

package launch

import (
	"context"
	"crypto/rand"
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"

	"github.com/retort-db/retort/internal/servertest/testenv"
)

// MySQL is MariaDB or Oracle's MySQL, whichever is there; MariaDB where both are.
type MySQL struct{}

// Name returns the engine's name.
func (MySQL) Name() string { return testenv.MySQL }

// Product returns the name for people.
func (MySQL) Product() string { return "MariaDB or MySQL" }

// Packages returns the packages that bring the server.
func (MySQL) Packages(manager string) [][]string {
	switch manager {
	case "apt":
		return [][]string{
			{"mariadb-server-core", "mariadb-client"},
			{"default-mysql-server-core", "default-mysql-client"},
			{"mysql-server-core-8.0", "mysql-client-core-8.0"},
		}
	case "dnf":
		return [][]string{{"mariadb-server"}}
	default:
		return [][]string{{"mariadb"}}
	}
}

// Container returns a docker command that runs the server, and the URL it is then reached by.
func (MySQL) Container() (command, url string) {
	return "docker run -d -p 127.0.0.1:3306:3306 -e MARIADB_ROOT_PASSWORD=retort -e MARIADB_DATABASE=retort mariadb:11",
		"mysql://root:retort@127.0.0.1:3306/retort"
}

var mysqlVersion = regexp.MustCompile(`(?:mysqld|mariadbd)(?:-\S+)?\s+Ver (\d+\.\d+\.\d+\S*)`)

// Find looks for mariadbd and mysqld. MariaDB needs its script mariadb-install-db too; MySQL initializes itself.
func (MySQL) Find(ctx context.Context) (Programs, error) {
	patterns := []string{"/usr/sbin", "/usr/libexec", "/usr/local/sbin", "/usr/local/mysql/bin"}
	for _, prefix := range brewPrefixes {
		patterns = append(patterns, prefix+"/opt/mariadb*/bin", prefix+"/opt/mysql*/bin")
	}
	folders := searchPath(patterns...)
	var rejected []string
	for _, name := range []string{"mariadbd", "mysqld"} {
		for _, folder := range folders {
			found, reason := probeMySQL(ctx, folder, name)
			if found.Server != "" {
				return found, nil
			}
			if reason != "" {
				rejected = append(rejected, reason)
			}
		}
	}
	return Programs{}, notFoundError("MariaDB and no MySQL", "mariadbd or mysqld", rejected)
}

// probeMySQL returns the programs of the server in a folder, or why what is there does not serve.
func probeMySQL(ctx context.Context, folder, name string) (found Programs, reason string) {
	server, ok := executable(folder, name)
	if !ok {
		return Programs{}, ""
	}
	line := firstLine(ctx, server, "--no-defaults", "--version")
	version := mysqlVersion.FindStringSubmatch(line)
	if version == nil {
		return Programs{}, fmt.Sprintf("%s is neither MariaDB's nor MySQL's server: asked for its version it says %q", server, line)
	}
	found = Programs{Server: server, Init: server, Version: version[1]}
	if !strings.Contains(line, "MariaDB") {
		return found, ""
	}
	for _, beside := range append([]string{folder, filepath.Join(folder, "../bin"), filepath.Join(folder, "../scripts")}, searchPath()...) {
		for _, script := range []string{"mariadb-install-db", "mysql_install_db"} {
			if found.Init, ok = executable(beside, script); ok {
				return found, ""
			}
		}
	}
	return Programs{}, fmt.Sprintf("%s has no mariadb-install-db beside it or on the PATH", server)
}

// Start makes a data folder and starts a server on it.
func (MySQL) Start(ctx context.Context, programs Programs, place *Place) (url string, process *Process, err error) {
	if programs.Init == programs.Server {
		err = place.Run(ctx, programs.Init, "--no-defaults", "--initialize-insecure", "--datadir="+place.Path("data"))
	} else {
		err = place.Run(ctx, programs.Init, "--no-defaults", "--datadir="+place.Path("data"),
			"--auth-root-authentication-method=normal", "--skip-test-db", "--innodb-log-file-size=16M")
	}
	if err != nil {
		return "", nil, err
	}
	password := rand.Text()
	if err := place.WriteFile("init.sql", mysqlAccounts(password)); err != nil {
		return "", nil, err
	}
	port, err := freePort()
	if err != nil {
		return "", nil, err
	}
	// SIGKILL, because a server whose data is thrown away has nothing to save, and saving takes a second.
	process, err = place.Spawn(syscall.SIGKILL, programs.Server,
		"--no-defaults",
		"--datadir="+place.Path("data"),
		"--init-file="+place.Path("init.sql"),
		"--bind-address=127.0.0.1",
		"--port="+strconv.Itoa(port),
		"--socket="+place.Path("sock"),
		"--pid-file="+place.Path("pid"),
		"--loose-mysqlx=OFF",
		"--secure-file-priv=",
		"--skip-name-resolve",
		"--skip-log-bin",
		"--log-bin-trust-function-creators=1",
		"--character-set-server=utf8mb4",
		"--default-time-zone=+00:00",
		"--max-connections=200",
		"--innodb-buffer-pool-size=128M",
		"--innodb-flush-log-at-trx-commit=0",
		"--innodb-doublewrite=0",
		"--loose-innodb-flush-method=nosync")
	if err != nil {
		return "", nil, err
	}
	return fmt.Sprintf("mysql://retort:%s@127.0.0.1:%d/retort", password, port), process, nil
}

// mysqlAccounts returns what the server executes before it answers, one statement a line: a user for the tests, who
// may do everything.
func mysqlAccounts(password string) string {
	var text strings.Builder
	text.WriteString("CREATE DATABASE IF NOT EXISTS retort;\n")
	for _, host := range []string{"127.0.0.1", "localhost"} {
		fmt.Fprintf(&text, "CREATE USER IF NOT EXISTS 'retort'@'%s' IDENTIFIED BY '%s';\n", host, password)
		fmt.Fprintf(&text, "GRANT ALL ON *.* TO 'retort'@'%s' WITH GRANT OPTION;\n", host)
	}
	return text.String()
}

// Ready waits until the server answers.
func (MySQL) Ready(ctx context.Context, url string) error {
	return testenv.Wait(ctx, url)
}
