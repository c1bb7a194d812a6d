package versions_test

import (
	"bytes"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/versions"
)

// TestEightProcesses starts eight processes that upgrade one database, and then eight that downgrade it: one works, the
// others wait and find it done, all succeed, and nothing runs twice.
func TestEightProcesses(t *testing.T) {
	for _, engine := range servertest.Engines() {
		t.Run(engine, func(t *testing.T) {
			calm := openBun(t, engine, servertest.URL(t, engine))
			upgrade(t, calm, crashSet(), "head", versions.Options{})
			url := servertest.URL(t, engine)
			db := openBun(t, engine, url)

			allAtOnce(t, url, versions.Up)
			wantRows(t, db, "z")
			if diff := cmp.Diff(snapshot(t, calm), snapshot(t, db)); diff != "" {
				t.Fatalf("(-calm +eight):\n%s", diff)
			}
			if diff := cmp.Diff(outcomes(t, calm), outcomes(t, db)); diff != "" {
				t.Fatalf("history (-calm +eight):\n%s", diff)
			}
			allAtOnce(t, url, versions.Down)
			wantRows(t, db)
			wantTables(t, db)
			reverted := slices.DeleteFunc(outcomes(t, db), func(line string) bool { return !strings.HasPrefix(line, "downgrade") })
			if len(reverted) != 3 {
				t.Errorf("history %v", reverted)
			}
		})
	}
}

// allAtOnce runs processes that nobody kills.
func allAtOnce(t *testing.T, url string, direction versions.Direction) {
	t.Helper()
	commands := make([]*exec.Cmd, 8)
	said := make([]bytes.Buffer, len(commands))
	for i := range commands {
		commands[i] = exec.CommandContext(t.Context(), os.Args[0])
		commands[i].Env = append(os.Environ(), crashURL+"="+url, crashDirection+"="+string(direction), crashAfter+"=1000000")
		commands[i].Stderr = &said[i]
		if err := commands[i].Start(); err != nil {
			t.Fatal(err)
		}
	}
	for i, command := range commands {
		if err := command.Wait(); err != nil {
			t.Errorf("process %d: %v\n%s", i, err, said[i].String())
		}
	}
}
