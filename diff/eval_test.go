package diff_test

import (
	"bufio"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/retort-db/retort/diff"
	"github.com/retort-db/retort/schema"
)

// evalFloors is what the scorer reaches on testdata/renames.txt; a change of the weights may not fall below it.
var evalFloors = struct {
	LikelyPrecision float64 // of the pairs called likely, those that are renames
	Found           float64 // of the renames, those that are called likely or possible
	Likely          float64 // of the renames, those that are called likely
	Questions       int     // about pairs that are no renames, at most
}{LikelyPrecision: 0.94, Found: 0.99, Likely: 0.82, Questions: 28}

// evalTally counts the outcomes of one class of changes.
type evalTally struct {
	cases, renames                               int
	likelyRight, likelyWrong                     int
	possibleRight, possibleWrong, missed, silent int
	explained                                    int // by a finding about a split, a merge or a move
}

func (t *evalTally) add(o evalTally) {
	t.cases += o.cases
	t.renames += o.renames
	t.likelyRight += o.likelyRight
	t.likelyWrong += o.likelyWrong
	t.possibleRight += o.possibleRight
	t.possibleWrong += o.possibleWrong
	t.missed += o.missed
	t.silent += o.silent
	t.explained += o.explained
}

// TestEval measures the scorer on changes with known outcomes. The first set was looked at while it was tuned, and has floors;
// the second was held out, and is reported only. "go test ./diff -run Eval -v" prints the tables.
func TestEval(t *testing.T) {
	t.Run("tuned", func(t *testing.T) {
		total := evaluate(t, "renames.txt")
		if total.precision() < evalFloors.LikelyPrecision || total.found() < evalFloors.Found || total.likely() < evalFloors.Likely ||
			total.wrong() > evalFloors.Questions {
			t.Errorf("below the floors %+v", evalFloors)
		}
	})
	t.Run("held out", func(t *testing.T) { evaluate(t, "renames_heldout.txt") })
}

// evaluate prints the tables of one set and returns the sum.
func evaluate(t *testing.T, file string) evalTally {
	t.Helper()
	classes, order := map[string]*evalTally{}, []string{}
	negatives := 0
	for _, c := range readEval(t, file) {
		if classes[c.class] == nil {
			classes[c.class], order = &evalTally{}, append(order, c.class)
		}
		classes[c.class].add(c.judge(t))
		if len(c.truth) == 0 {
			negatives++
		}
	}
	var total evalTally
	t.Logf("%-11s %5s %8s %14s %16s %7s %7s %9s", "class", "cases", "renames", "likely ok/bad", "possible ok/bad", "missed", "silent", "explained")
	line := func(name string, x evalTally) {
		t.Logf("%-11s %5d %8d %10d/%-3d %12d/%-3d %7d %7d %9d", name, x.cases, x.renames, x.likelyRight, x.likelyWrong, x.possibleRight, x.possibleWrong, x.missed, x.silent, x.explained)
	}
	for _, class := range order {
		line(class, *classes[class])
		total.add(*classes[class])
	}
	line("all", total)
	t.Logf("likely: precision %.3f, recall %.3f; likely or possible: precision %.3f, recall %.3f; questions %d, of them %d about nothing",
		total.precision(), total.likely(), ratio(total.right(), total.right()+total.wrong()), total.found(), total.right()+total.wrong(), total.wrong())
	if total.cases < 150 || negatives < 40 {
		t.Errorf("%d cases, %d of them without a rename, are too few", total.cases, negatives)
	}
	return total
}

func (t *evalTally) right() int         { return t.likelyRight + t.possibleRight }
func (t *evalTally) wrong() int         { return t.likelyWrong + t.possibleWrong }
func (t *evalTally) precision() float64 { return ratio(t.likelyRight, t.likelyRight+t.likelyWrong) }
func (t *evalTally) found() float64     { return ratio(t.right(), t.renames) }
func (t *evalTally) likely() float64    { return ratio(t.likelyRight, t.renames) }

func ratio(part, whole int) float64 {
	if whole == 0 {
		return 1
	}
	return float64(part) / float64(whole)
}

// evalCase is one line of a set.
type evalCase struct {
	line          string
	class         string
	before, after *schema.Schema
	truth         map[string]bool // "table.old>new" or "old>new"
}

// judge compares what the differ flags with what happened.
func (c *evalCase) judge(t *testing.T) evalTally {
	t.Helper()
	plan, err := diff.Diff(c.before, c.after, diff.Options{})
	if err != nil {
		t.Fatalf("%s: %v", c.line, err)
	}
	out := evalTally{cases: 1, renames: len(c.truth)}
	open := maps.Clone(c.truth)
	for _, rename := range plan.Renames {
		key := rename.From + ">" + rename.To
		if rename.Kind == "column" {
			key = rename.Table.String() + "." + key
		}
		right := c.truth[key]
		delete(open, key)
		switch {
		case rename.Certainty == diff.Likely && right:
			out.likelyRight++
		case rename.Certainty == diff.Likely:
			out.likelyWrong++
			t.Logf("likely but wrong: %s (%.2f %v)\n\t%s", key, rename.Score, rename.Reasons, c.line)
		case right:
			out.possibleRight++
		default:
			out.possibleWrong++
			if testing.Verbose() {
				t.Logf("asked for nothing: %s (%.2f %v)", key, rename.Score, rename.Reasons)
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(open)) {
		out.missed++
		t.Logf("missed: %s", key)
	}
	explained := slices.ContainsFunc(plan.Findings, func(f diff.Finding) bool { return strings.HasPrefix(f.ID, "maybe-") })
	switch {
	case explained:
		out.explained++
	case len(plan.Renames) == 0:
		out.silent++
	}
	return out
}

func readEval(t *testing.T, name string) []*evalCase {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var out []*evalCase
	for lines := bufio.NewScanner(file); lines.Scan(); {
		line := lines.Text()
		if line == "" || line[0] == '#' {
			continue
		}
		c, err := parseEval(line)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		out = append(out, c)
	}
	return out
}

func parseEval(line string) (*evalCase, error) {
	class, rest, ok := strings.Cut(line, ": ")
	change, truth, ok2 := strings.Cut(rest, " : ")
	before, after, ok3 := strings.Cut(change, " => ")
	if !ok || !ok2 || !ok3 {
		return nil, fmt.Errorf("not CLASS: BEFORE => AFTER : RENAMES")
	}
	c := &evalCase{line: line, class: class, truth: map[string]bool{}}
	for _, rename := range strings.Fields(truth) {
		if rename != "-" {
			c.truth[rename] = true
		}
	}
	var err error
	if c.before, err = parseEvalSchema(before); err != nil {
		return nil, err
	}
	c.after, err = parseEvalSchema(after)
	return c, err
}

func parseEvalSchema(text string) (*schema.Schema, error) {
	s := schema.New(schema.Server{Dialect: schema.Postgres})
	for text != "" {
		name, rest, ok := strings.Cut(text, "(")
		end := closing(rest)
		if !ok || end < 0 {
			return nil, fmt.Errorf("not TABLE(COLUMNS): %s", text)
		}
		table, err := parseEvalTable(strings.TrimSpace(name), rest[:end])
		if err != nil {
			return nil, err
		}
		s.Tables.Add(table)
		text = strings.TrimSpace(rest[end+1:])
	}
	return s, nil
}

// closing returns the place of the parenthesis that closes one before the text, or -1.
func closing(text string) int {
	depth := 1
	for i, r := range text {
		switch r {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

func parseEvalTable(name, columns string) (*schema.Table, error) {
	table := &schema.Table{Name: schema.Name{Name: name}}
	if !strings.Contains(columns, " pk") {
		columns = strings.TrimSuffix("id bigint ! pk, "+columns, ", ")
	}
	for _, text := range strings.Split(columns, ", ") {
		words := strings.Fields(strings.ReplaceAll(text, "!", " !"))
		if len(words) < 2 {
			return nil, fmt.Errorf("not a column: %q", text)
		}
		column := &schema.Column{Name: words[0], Type: words[1]}
		table.Columns = append(table.Columns, column)
		for _, word := range words[2:] {
			switch {
			case word == "!":
				column.NotNull = true
			case word == "pk":
				table.PrimaryKey = &schema.PrimaryKey{Name: name + "_pkey", Columns: []string{column.Name}}
			case word == "uq":
				table.Uniques = append(table.Uniques, &schema.Unique{Name: name + "_" + column.Name + "_key", Columns: []string{column.Name}})
			case word == "ix":
				table.Indexes = append(table.Indexes, &schema.Index{Name: "ix_" + name + "_" + column.Name, Parts: schema.Columns(column.Name)})
			case strings.HasPrefix(word, "fk:"):
				table.ForeignKeys = append(table.ForeignKeys, &schema.ForeignKey{
					Name: name + "_" + column.Name + "_fkey", Columns: []string{column.Name},
					RefTable: schema.Name{Name: word[3:]}, RefColumns: []string{"id"},
				})
			case strings.HasPrefix(word, "="):
				column.Default = word[1:]
			case word == "precision":
				column.Type += " precision"
			default:
				return nil, fmt.Errorf("what is %q in %q", word, text)
			}
		}
	}
	return table, nil
}
