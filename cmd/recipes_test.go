package cmd_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"go.yaml.in/yaml/v3"
)

// recipes takes the commands out of the YAML that the documentation shows, and writes those of each block to a shell script:
// "recipes FILE NAME" makes NAME1.sh, NAME2.sh and so on. The tool is the one under test. Steps of other programs' own (gh) are
// left out.
func recipes(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: recipes FILE NAME")
	}
	manual, err := os.ReadFile(args[0])
	ts.Check(err)
	blocks := strings.Split(string(manual), "```yaml\n")[1:]
	for i, block := range blocks {
		text, _, closed := strings.Cut(block, "\n```")
		if !closed {
			ts.Fatalf("%s: block %d of YAML has no end", args[0], i+1)
		}
		var document yaml.Node
		if err := yaml.Unmarshal([]byte(text), &document); err != nil {
			ts.Fatalf("%s: block %d of YAML: %v\n%s", args[0], i+1, err, text)
		}
		script := "set -eu\n"
		for _, command := range commandsOf(&document, "") {
			if strings.HasPrefix(command, "gh ") {
				continue
			}
			script += strings.ReplaceAll(command, "go tool retort", "retort") + "\n"
		}
		ts.Check(os.WriteFile(ts.MkAbs(fmt.Sprintf("%s%d.sh", args[1], i+1)), []byte(script), 0o644))
	}
	if len(blocks) == 0 {
		ts.Fatalf("%s shows no YAML", filepath.Base(args[0]))
	}
}

// commandsOf lists the commands in a document: run of GitHub and lefthook, script of GitLab, entry of pre-commit.
func commandsOf(node *yaml.Node, key string) []string {
	if node.Kind == yaml.ScalarNode {
		if key == "run" || key == "script" || key == "entry" {
			return []string{node.Value}
		}
		return nil
	}
	var out []string
	for i, child := range node.Content {
		switch {
		case node.Kind != yaml.MappingNode:
			out = append(out, commandsOf(child, key)...)
		case i%2 == 1:
			out = append(out, commandsOf(child, node.Content[i-1].Value)...)
		}
	}
	return out
}
