package introspect_test

import (
	"bytes"
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/retort-db/retort/internal/servertest"
)

// mysqlBodies are what a client splits or quotes wrongly, and what the catalog shows otherwise than it is.
var mysqlBodies = []string{
	"CREATE TABLE film (id smallint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, title varchar(128) NOT NULL, kind enum('it''s','größe') DEFAULT 'größe', " +
		"length smallint unsigned, KEY ix_title (title), FULLTEXT KEY ft (title)) COMMENT='a;b -- c'",
	"CREATE TABLE film_text (id smallint unsigned NOT NULL, title varchar(255) DEFAULT '//; DELIMITER', PRIMARY KEY (id))",
	"CREATE VIEW titles (number, words, `odd``name`) AS SELECT id, concat(title, _utf8mb3' ', _latin1'x'), '🎉;//' FROM film",
	"CREATE ALGORITHM=MERGE SQL SECURITY INVOKER VIEW long_films AS SELECT id, length FROM film WHERE length > 90 WITH LOCAL CHECK OPTION",
	"SET sql_mode='ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT'",
	`CREATE FUNCTION "quoted""f"(a varchar(20) CHARACTER SET latin1) RETURNS varchar(60) CHARACTER SET latin1 DETERMINISTIC COMMENT 'as is' RETURN a || '\' || "a"`,
	"SET sql_mode='TRADITIONAL'",
	"CREATE TRIGGER film_ai AFTER INSERT ON film FOR EACH ROW BEGIN\n  -- a ; in a remark\n  INSERT INTO film_text (id, title) VALUES (NEW.id, concat(NEW.title, ';//'));\nEND",
	"CREATE TRIGGER film_a_second AFTER INSERT ON film FOR EACH ROW BEGIN SET @last = 'it''s; \\\\ 🎉'; END",
	"CREATE TRIGGER film_0_between AFTER INSERT ON film FOR EACH ROW PRECEDES film_a_second SET @last = NULL",
	"SET sql_mode=DEFAULT",
	"CREATE PROCEDURE report(\n    IN least TINYINT UNSIGNED\n    , INOUT words VARCHAR(20)\n    , OUT found INT\n)\nREADS SQL DATA\nCOMMENT 'it''s a report; with a semicolon'\nproc: BEGIN\n" +
		"  IF least = 0 THEN SELECT 'none;' AS words; LEAVE proc; END IF;\n  SELECT count(*) INTO found FROM film WHERE length > least;\nEND",
	"CREATE FUNCTION plain(x int) RETURNS decimal(5,2) DETERMINISTIC RETURN x / 100",
}

// buildProgram returns the program's file.
func buildProgram(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "retort.exe")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", program, "../cmd/retort").CombinedOutput(); err != nil {
		t.Fatalf("build the program: %v\n%s", err, out)
	}
	return program
}

// TestMySQLByProgramAndClient runs what users run: retort inspect, its output piped into the client for an empty database,
// and retort diff of the two, which says equal. So does the server.
func TestMySQLByProgramAndClient(t *testing.T) {
	program := buildProgram(t)
	for _, name := range []string{"shop", "forum", "ledger", "identity", ""} {
		t.Run(name, func(t *testing.T) {
			sourceURL, copyURL := servertest.MySQL(t), servertest.MySQL(t)
			source, copied := openMySQLAt(t, sourceURL), openMySQLAt(t, copyURL)
			if name != "" {
				loadMySQL(t, source, filepath.Join("projects", name+".sql"))
			} else {
				source.SetMaxOpenConns(1) // for sql_mode
				for _, statement := range mysqlBodies {
					execMySQL(t, source, statement)
				}
			}
			script := runProgram(t, program, "inspect", sourceURL, "--format", "sql")
			if client, arguments := servertest.Client(t, servertest.EngineMySQL, copyURL); client != "" {
				command := exec.CommandContext(t.Context(), client, arguments...)
				command.Stdin = strings.NewReader(script)
				if out, err := command.CombinedOutput(); err != nil {
					t.Fatalf("%s: %v\n%s", client, err, out)
				}
			} else {
				createMySQL(t, copied, readMySQL(t, source))
			}
			if out := runProgram(t, program, "diff", sourceURL, copyURL); out != "" {
				t.Errorf("retort diff says of the copy:\n%s", out)
			}
			compareOracle(t, source, copied, readMySQL(t, source))
		})
	}
}

// runProgram returns what the program prints on its standard output. It must exit with 0.
func runProgram(t *testing.T, program string, arguments ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), program, arguments...)
	command.Dir = t.TempDir()
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err := command.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if err != nil {
		t.Fatalf("retort %s: %v\n%s%s", arguments[0], err, out, &stderr)
	}
	return string(out)
}
