package lint_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/retort-db/retort/lint"
)

const allowSource = `package migrations

//retort:allow irreversible the whole function
func init() {
	Revisions.Add(versions.Revision{
		ID: "a1",
		//retort:allow rename-table nobody is online
		Upgrade: func(m *op.Migration) {
			//retort:allow drop-column copied
			m.DropColumn("users", "phone")
			m.DropColumn("users", "fax") //retort:allow drop-column never used
			// A word before it.
			//retort:allow drop-table empty
			m.DropTable("empty").
				IfExists()
			m.BatchAlterTable("users", func(t *op.Table) {
				t.DropColumn("a")
				//retort:allow drop-column in the batch
				t.DropColumn("b")
			})
			m.RenameTable("x", "y")
			//retort:allow no-such-rule because
			//retort:allow drop-view
			//retort:allow
			m.Exec("SELECT 1")
			//retort:allowance is another word
		},
	})
}
`

func TestAllowances(t *testing.T) {
	var allowances lint.Allowances
	if err := allowances.Read("a.go", []byte(allowSource)); err != nil {
		t.Fatal(err)
	}
	at := func(rule, code string) lint.Finding {
		before, _, _ := strings.Cut(allowSource, code)
		return lint.Finding{Rule: rule, Object: strconv.Itoa(strings.Count(before, "\n") + 1)}
	}
	findings := []lint.Finding{
		at("irreversible", "Revisions.Add"), at("rename-table", `m.RenameTable`), at("drop-column", `"phone"`), at("drop-column", `"fax"`),
		at("drop-table", `m.DropTable`), at("drop-column", `t.DropColumn("a")`), at("drop-column", `t.DropColumn("b")`), at("drop-table", `"phone"`),
	}
	place := func(f lint.Finding) lint.Place {
		line, err := strconv.Atoi(f.Object)
		if err != nil {
			t.Fatal(err)
		}
		return lint.Place{File: "a.go", Line: line}
	}
	kept, allowed := allowances.Filter(findings, place)
	if want := []lint.Finding{findings[5], findings[7]}; !slices.Equal(kept, want) {
		t.Errorf("kept %+v", kept)
	}
	if len(allowed) != 6 {
		t.Errorf("allowed %+v", allowed)
	}
	other, _ := allowances.Filter(findings[:1], func(lint.Finding) lint.Place { return lint.Place{File: "b.go", Line: 5} })
	if len(other) != 1 {
		t.Error("a directive of another file allows a finding")
	}
	var got []string
	for _, problem := range allowances.Problems(lint.Project{}) {
		got = append(got, fmt.Sprintf("%d %s", problem.Line, problem.Text))
	}
	want := []string{
		"22 there is no rule no-such-rule",
		"23 the directive says no reason why drop-view is allowed",
		"24 the directive names no rule",
	}
	if !slices.Equal(got, want) {
		t.Errorf("problems %q", got)
	}
}

func TestUnusedAllowance(t *testing.T) {
	var allowances lint.Allowances
	source := "// Nothing here is dropped.\n//\n//retort:allow drop-table once\npackage migrations\n\nfunc init() {}\n"
	if err := allowances.Read("a.go", []byte(source)); err != nil {
		t.Fatal(err)
	}
	if problems := allowances.Problems(lint.Project{}); len(problems) != 1 || problems[0].Line != 3 {
		t.Errorf("problems %+v", problems)
	}
	if problems := allowances.Problems(lint.Project{Ignore: []string{"drop-table"}}); len(problems) != 0 {
		t.Errorf("a rule that is left out is missed: %+v", problems)
	}
	findings := []lint.Finding{{Rule: "drop-table"}}
	if kept, _ := allowances.Filter(findings, func(lint.Finding) lint.Place { return lint.Place{File: "a.go", Line: 6} }); len(kept) != 0 {
		t.Error("a directive above the package clause does not allow what is in the file")
	}
	if err := allowances.Read("b.go", []byte("not go")); err == nil {
		t.Error("no error for what is not Go")
	}
}
