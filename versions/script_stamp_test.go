package versions_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
	"github.com/retort-db/retort/versions"
)

// forked is "a; b < a; c1 < b; c2 < b".
func forked() *versions.Set {
	return setOf(table("a"), table("b", "a"), table("c1", "b"), table("c2", "b"))
}

// TestScriptStamp plays the scripts and looks at the rows.
func TestScriptStamp(t *testing.T) {
	onEngines(t, func(t *testing.T, db *bun.DB) {
		server, err := introspect.ServerOf(t.Context(), db.DB, engineOf(db))
		if err != nil {
			t.Fatal(err)
		}
		stamp := func(targets ...string) string {
			t.Helper()
			var out bytes.Buffer
			if err := versions.ScriptStamp(server, forked(), targets, &out, versions.Options{}); err != nil {
				t.Fatal(err)
			}
			return out.String()
		}
		var ensure bytes.Buffer
		if err := versions.ScriptEnsure(server, &ensure, versions.Options{}); err != nil {
			t.Fatal(err)
		}
		play(t, db, ensure.String())
		play(t, db, ensure.String()) // it does no harm to a database that has them
		wantRows(t, db)
		play(t, db, stamp("b"))
		wantRows(t, db, "b")
		play(t, db, stamp("b:heads"))
		wantRows(t, db, "c1", "c2")
		text := stamp("c1,c2:b")
		if strings.Contains(text, "CREATE TABLE") {
			t.Errorf("it creates tables that are there:\n%s", text)
		}
		play(t, db, text)
		wantRows(t, db, "b")
		play(t, db, stamp("b:c1", "b:c2"))
		wantRows(t, db, "c1", "c2")
		play(t, db, stamp("heads:base"))
		wantRows(t, db)
		history, err := versions.History(t.Context(), db, versions.Options{})
		if err != nil || len(history) != 7 || history[0].Direction != versions.Stamped || history[0].Outcome != versions.OutcomeDone {
			t.Errorf("history %+v, %v", history, err)
		}
	})
}

func TestScriptStampErrors(t *testing.T) {
	for _, c := range []struct {
		name    string
		targets []string
		want    error
		says    string
	}{
		{"two beginnings", []string{"a:c1", "b:c2"}, &versions.IdentifierError{Identifier: "b:c2", Reason: "a script starts from one place, and another target starts from a"},
			`"b:c2" is not a revision identifier here: a script starts from one place, and another target starts from a`},
		{"an unknown beginning", []string{"zz:c1"}, &versions.UnknownRevisionError{Identifier: "zz"}, `there is no revision or label "zz"`},
		{"an ancestor and its descendant", []string{"a", "c1"}, &versions.OverlapError{Revision: "c1", Implied: "a"}, "revision a comes before c1 and is implied by it: name only c1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			err := versions.ScriptStamp(schema.Server{Dialect: schema.SQLite}, forked(), c.targets, &out, versions.Options{})
			wantError(t, err, c.want, c.says)
			if out.Len() > 0 {
				t.Errorf("it wrote %s", out.String())
			}
		})
	}
}
