package mysql

import (
	"strings"
	"testing"

	"github.com/retort-db/retort/introspect"
)

func TestParse(t *testing.T) {
	for _, c := range []struct{ url, user, password, net, addr, database string }{
		{"mysql://root@localhost/shop", "root", "", "tcp", "localhost:3306", "shop"},
		{"mysql://root:pw@db.example:3307/shop", "root", "pw", "tcp", "db.example:3307", "shop"},
		{"mariadb://root:pw@db.example/shop?timeout=3s", "root", "pw", "tcp", "db.example:3306", "shop"},
		{"mysql:///shop", "", "", "tcp", "localhost:3306", "shop"},
		{"mysql://root:p%40ss%2Fw%25rd@h/shop", "root", "p@ss/w%rd", "tcp", "h:3306", "shop"},
		{"mysql://root:p@ss?w#r%d@h/shop", "root", "p@ss?w#r%d", "tcp", "h:3306", "shop"},
		{"mysql://root:pw@[::1]:3310/shop", "root", "pw", "tcp", "[::1]:3310", "shop"},
		{"mysql://root:pw@[::1]/shop", "root", "pw", "tcp", "[::1]:3306", "shop"},
		{"mysql://root@localhost/shop?socket=/run/m.sock", "root", "", "unix", "/run/m.sock", "shop"},
		{"mysql://root:pw@unix(/run/m.sock)/shop", "root", "pw", "unix", "/run/m.sock", "shop"},
		{"mysql://root:pw@tcp(h:1)/shop", "root", "pw", "tcp", "h:1", "shop"},
		{"root:pw@tcp(h:1)/shop?charset=utf8mb4", "root", "pw", "tcp", "h:1", "shop"},
		{"mysql://root:pw@h/od%20d", "root", "pw", "tcp", "h:3306", "od d"},
	} {
		config, err := parse(c.url)
		if err != nil {
			t.Errorf("%s: %v", c.url, err)
			continue
		}
		if config.User != c.user || config.Passwd != c.password || config.Net != c.net || config.Addr != c.addr || config.DBName != c.database {
			t.Errorf("%s: got %q %q %s %s %q", c.url, config.User, config.Passwd, config.Net, config.Addr, config.DBName)
		}
		if !config.ParseTime || !config.MultiStatements || config.Params["time_zone"] != "'+00:00'" || config.Timeout == 0 {
			t.Errorf("%s: Retort's settings are missing: %s", c.url, config.FormatDSN())
		}
	}
}

func TestParseKeepsWhatTheURLSays(t *testing.T) {
	config, err := parse("mysql://u@h/d?parseTime=false&multiStatements=false&timeout=1s&loc=Local&tls=skip-verify")
	if err != nil {
		t.Fatal(err)
	}
	if config.ParseTime || config.MultiStatements || config.Params["time_zone"] != "" || config.Timeout.Seconds() != 1 || config.TLSConfig != "skip-verify" {
		t.Error(config.FormatDSN())
	}
	config, err = parse("mysql://u@h/d?ssl-mode=REQUIRED")
	if err != nil || config.TLSConfig != "skip-verify" {
		t.Error(config, err)
	}
}

func TestParseErrors(t *testing.T) {
	for url, want := range map[string]string{
		"mysql://u:secret@h/d?ssl-mode=perhaps":  "ssl-mode",
		"mysql://u:secret@h/d?tls=nosuchconfig":  "nosuchconfig",
		"mysql://u:secret@h/d?parseTime=perhaps": "perhaps",
		"mysql://u:secret@h/d?a=%zz":             "malformed",
	} {
		_, err := introspect.Open(t.Context(), url)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v, want a message with %q and without the password", url, err, want)
		}
	}
}
