package mysql

import (
	"strings"
	"testing"

	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
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
		{"root:pw@unix(/run/m.sock)/shop", "root", "pw", "unix", "/run/m.sock", "shop"},
		{"root@/shop", "root", "", "tcp", "127.0.0.1:3306", "shop"},
		{"root:p/w@x@/shop", "root", "p/w@x", "tcp", "127.0.0.1:3306", "shop"},
		{"root:pw@tcp/shop", "root", "pw", "tcp", "127.0.0.1:3306", "shop"},
		{"root:pw@(h:1)/shop", "root", "pw", "tcp", "h:1", "shop"},
		{"mysql://root:pw@(h:1)/shop", "root", "pw", "tcp", "h:1", "shop"},
		{"tcp(h:1)/shop", "", "", "tcp", "h:1", "shop"},
		{"mariadb://root@h/shop?socket=%2Frun%2Fm%20y.sock", "root", "", "unix", "/run/m y.sock", "shop"},
		{"mysql://root:pw@h/od%20d", "root", "pw", "tcp", "h:3306", "od d"},
	} {
		config, err := parse(c.url)
		if err != nil {
			t.Errorf("%s: %v", c.url, err)
			continue
		}
		if dialect, err := introspect.DialectOf(c.url); err != nil || dialect != schema.MySQL {
			t.Errorf("%s is taken for %q (%v)", c.url, dialect, err)
		}
		if masked := introspect.MaskURL(c.url); c.password != "" && strings.Contains(masked, c.password) && !strings.Contains(c.user, c.password) {
			t.Errorf("%s is shown as %s", c.url, masked)
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

func TestParseTLS(t *testing.T) {
	for parameter, want := range map[string]string{
		"tls=true": "true", "tls=false": "false", "tls=preferred": "preferred", "tls=skip-verify": "skip-verify",
		"ssl-mode=DISABLED": "false", "ssl-mode=PREFERRED": "preferred", "ssl-mode=REQUIRED": "skip-verify", "ssl-mode=VERIFY_CA": "true",
		"ssl-mode=VERIFY_IDENTITY": "true", "sslMode=VERIFY_IDENTITY": "true", "ssl_mode=required": "skip-verify", "sslmode=require": "skip-verify",
		"sslmode=disable": "false", "sslmode=verify-full": "true",
	} {
		config, err := parse("mysql://u@h/d?" + parameter)
		if err != nil || config.TLSConfig != want {
			t.Errorf("%s: %+v (%v), want tls=%s", parameter, config, err, want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for url, want := range map[string]string{
		"mysql://u:secret@h/d?ssl-mode=perhaps":  "ssl-mode",
		"mysql://u:secret@h/d?tls=nosuchconfig":  "nosuchconfig",
		"mysql://u:secret@h/d?parseTime=perhaps": "perhaps",
		"mysql://u:secret@h/d?ssl-ca=x.pem":      "SSL_CERT_FILE",
		"u:secret@/d?tls=nosuchconfig":           "nosuchconfig",
		"mysql://u:secret@h/d?a=%zz":             "malformed",
	} {
		_, err := introspect.Open(t.Context(), url)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v, want a message with %q and without the password", url, err, want)
		}
	}
}
