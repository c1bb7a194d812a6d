package cmd_test

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var updateReadme = flag.Bool("update-readme", false, "write the demo's output into the README")

// TestReadmeShowsTheDemo runs the demo twice: both runs have to print the same, and the README has to show it.
func TestReadmeShowsTheDemo(t *testing.T) {
	first, second := demo(t), demo(t)
	if d := cmp.Diff(first, second); d != "" {
		t.Fatalf("two runs of the demo differ (-first +second):\n%s", d)
	}
	const path, begin, end = "../README.md", "<!-- demo -->\n", "<!-- /demo -->\n"
	readme, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, _ := strings.Cut(string(readme), begin)
	shown, after, found := strings.Cut(rest, end)
	if !found {
		t.Fatalf("the README has no %q", end)
	}
	want := "```\n" + first + "```\n"
	if *updateReadme {
		if err := os.WriteFile(path, []byte(before+begin+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if d := cmp.Diff(want, shown); d != "" {
		t.Errorf("the README does not show what the demo prints; look at the difference, then run go test ./cmd -run Readme -update-readme (-demo +README):\n%s", d)
	}
}

func demo(t *testing.T) string {
	t.Helper()
	command := exec.Command("sh", "../scripts/demo")
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("the demo failed: %v\n%s\n%s", err, out, stderr.String())
	}
	return strings.TrimLeft(string(out), "\n")
}
