package lint_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/retort-db/retort/lint"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// TestProject says what becomes of findings by what a project says about their rules.
func TestProject(t *testing.T) {
	server := schema.Server{Dialect: schema.Postgres}
	before := replay(t, server, schema.New(server), exampleTables)
	upgrade := record(t, server, func(m *op.Migration) {
		m.DropColumn("users", "phone")
		m.AddColumn("users", op.Column("nick", "varchar(20)"))
		m.CreateIndex("by_nick", "users", "nick").Concurrently()
	})
	for _, c := range []struct {
		name    string
		project lint.Project
		file    string
		want    string
	}{
		{"nothing said", lint.Project{}, "", "danger:drop-column"},
		{"ignored", lint.Project{Ignore: []string{"drop-column"}}, "", ""},
		{"another severity", lint.Project{Severities: map[string]lint.Severity{"drop-column": lint.Info}}, "", "info:drop-column"},
		{"an optional rule", lint.Project{Severities: map[string]lint.Severity{"prefer-text": lint.Warning}}, "", "danger:drop-column warning:prefer-text"},
		{"an optional rule, ignored", lint.Project{Severities: map[string]lint.Severity{"prefer-text": lint.Warning}, Ignore: []string{"prefer-text"}}, "", "danger:drop-column"},
		{"except a directory", lint.Project{Except: map[string][]string{"drop-column": {"migrations/legacy"}}}, "/src/migrations/legacy/old/1.go", ""},
		{"except a directory, with a slash", lint.Project{Except: map[string][]string{"drop-column": {"legacy/"}}}, "migrations/legacy/1.go", ""},
		{"except a file", lint.Project{Except: map[string][]string{"drop-column": {"2019*.go"}}}, "migrations/20190102_a.go", ""},
		{"except another file", lint.Project{Except: map[string][]string{"drop-column": {"2019*.go", "legacy", "*"}}}, "", "danger:drop-column"},
		{"no part of a name", lint.Project{Except: map[string][]string{"drop-column": {"leg"}}}, "legacy/1.go", "danger:drop-column"},
		{"types, allowed", lint.Project{Types: lint.List{Allow: []string{"VARCHAR", "text"}}}, "", "danger:drop-column"},
		{"types, not allowed", lint.Project{Types: lint.List{Allow: []string{"text", "varchar(40)"}}}, "", "danger:drop-column warning:forbidden-type"},
		{"types, denied", lint.Project{Types: lint.List{Allow: []string{"varchar"}, Deny: []string{"varchar(20)"}}}, "", "danger:drop-column warning:forbidden-type"},
		{"names", lint.Project{Names: map[string]*regexp.Regexp{"index": regexp.MustCompile("^ix_"), "column": regexp.MustCompile("^[a-z]+$")}}, "", "danger:drop-column warning:name-pattern"},
	} {
		findings, err := lint.Run(lint.Input{Server: server, Before: before, Upgrade: upgrade, Project: c.project, File: c.file})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range findings {
			if f.Rule != "brief-lock" {
				got = append(got, string(f.Severity)+":"+f.Rule)
			}
		}
		slices.Sort(got)
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("%s: %s, want %s", c.name, text, c.want)
		}
	}
}
