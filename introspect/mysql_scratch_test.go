package introspect_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
)

func withMySQLScratch(ctx context.Context, t *testing.T, db *introspect.Database, options introspect.ScratchOptions, do func(*introspect.Scratch) error) error {
	t.Helper()
	return introspect.WithScratch(ctx, db.DB, schema.MySQL, options, do)
}

// currentDatabase returns the database that a connection uses.
func currentDatabase(t *testing.T, q introspect.Querier) string {
	t.Helper()
	var name sql.NullString
	if err := q.QueryRowContext(context.WithoutCancel(t.Context()), "SELECT DATABASE()").Scan(&name); err != nil {
		t.Fatal(err)
	}
	return name.String
}

func databaseExists(t *testing.T, db *introspect.Database, name string) bool {
	t.Helper()
	var count int
	row := db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?", name)
	if err := row.Scan(&count); err != nil {
		t.Fatal(err)
	}
	return count > 0
}

func TestMySQLScratchIsRemoved(t *testing.T) {
	failed := errors.New("failed")
	for _, end := range []string{"returns", "fails", "panics", "is cancelled", "loses the connection"} {
		t.Run(end, func(t *testing.T) {
			db := openMySQL(t)
			home := currentDatabase(t, db)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var scratch string
			work := func(s *introspect.Scratch) error {
				scratch = currentDatabase(t, s.Conn)
				if _, err := s.Conn.ExecContext(ctx, "CREATE TABLE thing (id int NOT NULL PRIMARY KEY)"); err != nil {
					return err
				}
				read, err := s.Read(ctx)
				if err != nil {
					return err
				}
				if read.Table(schema.Name{Name: "thing"}) == nil {
					return errors.New("the table is not read as one of the default namespace")
				}
				switch end {
				case "fails":
					return failed
				case "panics":
					panic(failed)
				case "is cancelled":
					cancel()
					_, err := s.Conn.ExecContext(ctx, "SELECT SLEEP(5)")
					return err
				case "loses the connection":
					var id int64
					if err := s.Conn.QueryRowContext(ctx, "SELECT CONNECTION_ID()").Scan(&id); err != nil {
						return err
					}
					if _, err := db.ExecContext(ctx, fmt.Sprintf("KILL %d", id)); err != nil {
						return err
					}
					_, err := s.Conn.ExecContext(ctx, "SELECT 1")
					return err
				}
				return nil
			}
			err := recovered(func() error { return withMySQLScratch(ctx, t, db, introspect.ScratchOptions{}, work) })
			if (err == nil) != (end == "returns") {
				t.Errorf("error: %v", err)
			}
			if !strings.HasPrefix(scratch, "retort_scratch_") || databaseExists(t, db, scratch) {
				t.Errorf("scratch database %q is still there", scratch)
			}
			if now := currentDatabase(t, db); now != home {
				t.Errorf("the pool's connections use %q afterwards, want %q", now, home)
			}
		})
	}
}

func recovered(do func() error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = cause.(error)
		}
	}()
	return do()
}

func TestMySQLScratchOnOneConnection(t *testing.T) {
	db := openMySQL(t)
	db.SetMaxOpenConns(1)
	err := withMySQLScratch(t.Context(), t, db, introspect.ScratchOptions{}, func(s *introspect.Scratch) error {
		_, err := s.Read(t.Context())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestMySQLScratchKeepsCharset(t *testing.T) {
	db := openMySQL(t)
	execMySQL(t, db, "ALTER DATABASE "+currentDatabase(t, db)+" CHARACTER SET latin1 COLLATE latin1_german2_ci")
	err := withMySQLScratch(t.Context(), t, db, introspect.ScratchOptions{}, func(s *introspect.Scratch) error {
		var collation string
		if err := s.Conn.QueryRowContext(t.Context(), "SELECT @@collation_database").Scan(&collation); err != nil {
			return err
		}
		if collation != "latin1_german2_ci" {
			return fmt.Errorf("collation %s", collation)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestMySQLScratchInGivenDatabase(t *testing.T) {
	db, given := openMySQL(t), openMySQL(t)
	name := currentDatabase(t, given)
	loadMySQL(t, given, "shop.sql")
	options := introspect.ScratchOptions{Database: name}
	for range 2 {
		err := withMySQLScratch(t.Context(), t, db, options, func(s *introspect.Scratch) error {
			if now := currentDatabase(t, s.Conn); now != name {
				t.Errorf("in %s, want %s", now, name)
			}
			read, err := s.Read(t.Context())
			if err != nil {
				return err
			}
			if read.Tables.Len()+read.Views.Len()+read.Functions.Len() != 0 {
				t.Error("the database is not empty")
			}
			_, err = s.Conn.ExecContext(t.Context(), "CREATE TABLE thing (id int)")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if read := readMySQL(t, given); read.Tables.Len() != 0 {
		t.Error("the database is not empty afterwards")
	}
	loadMySQL(t, given, "shop.sql")
	var refused *introspect.NoScratchError
	err := withMySQLScratch(t.Context(), t, given, options, func(*introspect.Scratch) error { return nil })
	if !errors.As(err, &refused) {
		t.Errorf("the database in use was taken for scratch space: %v", err)
	}
	if read := readMySQL(t, given); read.Tables.Len() == 0 {
		t.Error("the database in use was emptied")
	}
}

// mysqlRole makes a user with the given rights on the database of db and returns a pool of its own.
func mysqlRole(t *testing.T, url string, db *introspect.Database, grants ...string) *introspect.Database {
	t.Helper()
	home := currentDatabase(t, db)
	user := "u" + home[max(0, len(home)-28):]
	execMySQL(t, db, "CREATE USER "+user+" IDENTIFIED BY 'secret pw'")
	t.Cleanup(func() { _, _ = db.ExecContext(context.WithoutCancel(t.Context()), "DROP USER "+user) })
	for _, grant := range grants {
		execMySQL(t, db, "GRANT "+strings.ReplaceAll(grant, "DB", home)+" TO "+user)
	}
	_, rest, _ := strings.Cut(url, "@")
	return openMySQLAt(t, "mysql://"+user+":secret pw@"+rest)
}

func TestMySQLScratchWithoutRights(t *testing.T) {
	url := servertest.MySQL(t)
	db := openMySQLAt(t, url)
	role := mysqlRole(t, url, db, "ALL ON DB.*")
	called := false
	err := withMySQLScratch(t.Context(), t, role, introspect.ScratchOptions{}, func(*introspect.Scratch) error {
		called = true
		return nil
	})
	var refused *introspect.NoScratchError
	if !errors.As(err, &refused) || called {
		t.Errorf("error %v, called %v; want a *NoScratchError and no call", err, called)
	}
}

func TestMySQLReader(t *testing.T) {
	url := servertest.MySQL(t)
	db := openMySQLAt(t, url)
	loadMySQL(t, db, "shop.sql")
	for _, c := range []struct {
		name     string
		grants   []string
		problems bool
	}{
		{"all rights", []string{"ALL ON DB.*"}, false},
		{"what the message asks for", []string{"SELECT, REFERENCES, SHOW VIEW, TRIGGER, EXECUTE, EVENT ON DB.*"}, false},
		{"only to read", []string{"SELECT ON DB.*"}, true},
		{"one column", []string{"SELECT (name), REFERENCES (name) ON DB.article"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			role := mysqlRole(t, url, db, c.grants...)
			read := readMySQL(t, role)
			if (len(read.Problems) > 0) != c.problems {
				t.Errorf("problems: %v", read.Problems)
			}
			article := read.Table(schema.Name{Name: "article"})
			if article != nil && (len(article.Columns) != 40 || len(article.ForeignKeys) != 1 || len(article.Checks) != 2) {
				t.Errorf("the table is there but not whole: %d columns, %d foreign keys, %d checks", len(article.Columns), len(article.ForeignKeys), len(article.Checks))
			}
			if !c.problems && (article == nil || len(article.ForeignKeys) == 0) {
				t.Error("the foreign key is not read")
			}
		})
	}
}
