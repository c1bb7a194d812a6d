package introspect

import (
	"errors"
	"testing"
)

func TestMySQLVersions(t *testing.T) {
	for text, want := range map[string]string{
		"8.0.39-0ubuntu0.22.04.1":                "MySQL 8.0.39",
		"9.7.4":                                  "MySQL 9.7.4",
		"8.0.16":                                 "MySQL 8.0.16",
		"10.11.14-MariaDB-0+deb12u2":             "MariaDB 10.11.14",
		"5.5.5-10.6.1-MariaDB-1:10.6.1+maria~jl": "MariaDB 10.6.1",
		"11.8.6-MariaDB-log":                     "MariaDB 11.8.6",
	} {
		if server, err := mysqlServer(text); err != nil || server.String() != want {
			t.Errorf("%s: %s, %v; want %s", text, server, err, want)
		}
	}
	for _, text := range []string{"5.7.44-log", "8.0.15", "10.5.29-MariaDB", "5.5.5-10.3.2-MariaDB"} {
		_, err := mysqlServer(text)
		var old *OldServerError
		if !errors.As(err, &old) || old.Minimum != mysqlMinimum[old.Server.Flavor] {
			t.Errorf("%s: %v, want an *OldServerError", text, err)
		}
	}
	if _, err := mysqlServer("CockroachDB"); err == nil {
		t.Error("a server without a version is accepted")
	}
}

func TestMySQLUnmangle(t *testing.T) {
	for text, want := range map[string]string{
		"(`a` > 1)":                    "(`a` > 1)",
		`_utf8mb4\'it\\\'s\'`:          `_utf8mb4'it\'s'`,
		`_utf8mb4\'b\\\\s\'`:           `_utf8mb4'b\\s'`,
		"_utf8mb4\\'\u00c3\u00a9\\'":   "_utf8mb4'é'",
		"_utf8mb4\\'\u00e9\\'":         "_utf8mb4'é'", // right already: a lone é is no UTF-8
		"_utf8mb4\\'€ \u00c3\u00a9\\'": "_utf8mb4'€ \u00c3\u00a9'",
		"":                             "",
	} {
		if got := unmangle(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestMySQLTypeText(t *testing.T) {
	for text, want := range map[string]string{
		"int(11)": "int", "bigint(20) unsigned": "bigint unsigned", "tinyint(1)": "tinyint(1)", "tinyint(1) unsigned": "tinyint unsigned",
		"tinyint(4)": "tinyint", "int(5) unsigned zerofill": "int(5) unsigned zerofill", "year(4)": "year", "decimal(10,0)": "decimal(10,0)",
		`enum('a','it''s','b\\s')`: `enum('a','it''s','b\\s')`, "varchar(10) /*M!100301 COMPRESSED*/": "varchar(10) compressed",
		"datetime /* mariadb-5.3 */": "datetime", "bit(1)": "bit(1)",
	} {
		if got := mysqlType(text); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func TestWithoutVersionComments(t *testing.T) {
	for text, want := range map[string]string{
		"a /*!80023 INVISIBLE */ b":                               "a INVISIBLE b",
		"/*!50100 PARTITION BY HASH (`/*x*/`)\nPARTITIONS 3 */":   "PARTITION BY HASH (`/*x*/`)\nPARTITIONS 3",
		"'/*!1 no */' /* plain */ /*! yes */ c":                   "'/*!1 no */' /* plain */ yes c",
		"`a` int /*!80016 CHECK (`a` <> '*/') */ /*!80023 HID */": "`a` int CHECK (`a` <> '*/') HID",
	} {
		if got := withoutVersionComments(text); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
