package introspect

import (
	"context"
	"errors"
	"io"
	"testing"

	"github.com/retort-db/retort/schema"
)

// stated is an error with a SQLSTATE, as pgx and lib/pq have them.
type stated string

func (s stated) Error() string    { return "ERROR: something (SQLSTATE " + string(s) + ")" }
func (s stated) SQLState() string { return string(s) }

// TestRefused tells the server's word about a statement from all else that makes a statement fail.
func TestRefused(t *testing.T) {
	for _, c := range []struct {
		dialect schema.Dialect
		err     error
		refused bool
	}{
		{schema.Postgres, stated("42P07"), true},
		{schema.Postgres, stated("42501"), true},
		{schema.Postgres, stated("53100"), false}, // a full disk
		{schema.Postgres, stated("57P01"), false}, // terminated by an administrator
		{schema.Postgres, stated("57014"), false}, // cancelled, or out of time
		{schema.Postgres, io.ErrUnexpectedEOF, false},
		{schema.MySQL, errors.New("Error 1146 (42S02): Table 'a.b' doesn't exist"), true},
		{schema.MySQL, errors.New("Error 1044 (42000): Access denied for user 'a'@'%' to database 'b'"), true},
		{schema.MySQL, errors.New("Error 1005 (HY000): Can't create table `a`.`b` (errno: 150 \"Foreign key constraint is incorrectly formed\")"), true},
		{schema.MySQL, errors.New("Error 1005 (HY000): Can't create table `a`.`b` (errno: 135 \"No more room in record file\")"), false},
		{schema.MySQL, errors.New("Error 3 (HY000): Error writing file './a/b.frm' (Errcode: 28 \"No space left on device\")"), false},
		{schema.MySQL, errors.New("Error 1114 (HY000): The table 'b' is full"), false},
		{schema.MySQL, errors.New("Error 1927 (70100): Connection was killed"), false},
		{schema.MySQL, errors.New("invalid connection"), false},
	} {
		scratch := &Scratch{engine: engines[c.dialect]}
		if got := scratch.Refused(t.Context(), c.err); got != c.refused {
			t.Errorf("%s: %v: refused %v, want %v", c.dialect, c.err, got, c.refused)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if scratch.Refused(ctx, c.err) {
			t.Errorf("%s: %v passes for a refusal when the caller has given up", c.dialect, c.err)
		}
	}
}
