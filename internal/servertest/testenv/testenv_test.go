package testenv_test

import (
	"context"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/retort-db/retort/internal/servertest/testenv"
)

func TestEngines(t *testing.T) {
	tests := []struct {
		list    string
		want    []string
		message string
	}{
		{list: "", want: []string{"postgres", "mysql", "sqlite"}},
		{list: "sqlite", want: []string{"sqlite"}},
		{list: "mysql, sqlite", want: []string{"mysql", "sqlite"}},
		{list: "sqlite,oracle", message: `RETORT_TEST_ENGINES names an unknown engine "oracle": use a comma-separated list of postgres, mysql, sqlite`},
	}
	for _, test := range tests {
		t.Run(test.list, func(t *testing.T) {
			t.Setenv(testenv.EnginesVar, test.list)
			got, err := testenv.Engines()
			if test.message != "" {
				if err == nil || err.Error() != test.message {
					t.Fatalf("error %v, want %q", err, test.message)
				}
				return
			}
			if err != nil || !slices.Equal(got, test.want) {
				t.Fatalf("engines %v, %v; want %v", got, err, test.want)
			}
		})
	}
}

func TestMySQLConfig(t *testing.T) {
	config, err := testenv.MySQLConfig("mysql://ann:p%40ss%2Fword@db.example:3307/shop?charset=utf8mb4&timeout=3s")
	if err != nil {
		t.Fatal(err)
	}
	if config.User != "ann" || config.Passwd != "p@ss/word" || config.Addr != "db.example:3307" || config.DBName != "shop" {
		t.Errorf("user %q, password %q, address %q, database %q", config.User, config.Passwd, config.Addr, config.DBName)
	}
	if !config.ParseTime || config.MultiStatements || config.Timeout != 3*time.Second {
		t.Errorf("parseTime %v, multiStatements %v, timeout %v", config.ParseTime, config.MultiStatements, config.Timeout)
	}

	config, err = testenv.MySQLConfig("mysql://root@localhost/?parseTime=false&multiStatements=true")
	if err != nil {
		t.Fatal(err)
	}
	if config.Addr != "localhost:3306" || config.DBName != "" || config.ParseTime || !config.MultiStatements {
		t.Errorf("address %q, database %q, parseTime %v, multiStatements %v",
			config.Addr, config.DBName, config.ParseTime, config.MultiStatements)
	}
}

func TestWithDatabase(t *testing.T) {
	got, err := testenv.WithDatabase("postgres://ann:secret@127.0.0.1:5432/postgres?sslmode=disable", "rt_1")
	if err != nil || got != "postgres://ann:secret@127.0.0.1:5432/rt_1?sslmode=disable" {
		t.Fatalf("got %q, %v", got, err)
	}
}

func TestOpenRefusesOtherURLs(t *testing.T) {
	_, err := testenv.Open("oracle://127.0.0.1/x")
	if err == nil || !strings.Contains(err.Error(), "postgres:// or mysql://") {
		t.Fatalf("error %v, want one that names the known schemes", err)
	}
}

func TestWaitReportsTheServersError(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	for _, scheme := range []string{"postgres", "mysql"} {
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		err := testenv.Wait(ctx, scheme+"://nobody@"+address+"/x")
		cancel()
		if err == nil || !strings.Contains(err.Error(), "refused") {
			t.Errorf("%s: error %v, want connection refused", scheme, err)
		}
	}
}
