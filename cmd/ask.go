package cmd

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/retort-db/retort/cmd/internal/config"
	"github.com/retort-db/retort/diff"
)

// asksRenames reports whether likely renames are to be asked about, and can be.
func (i *invocation) asksRenames() bool {
	mode := i.config.Renames
	if given := i.String("renames"); given != "" {
		mode = config.Renames(given)
	}
	return mode == config.RenamesAsk && i.interactive()
}

// askRenames shows all likely renames at once and asks which of them are renames.
func (i *invocation) askRenames(found []comparison) ([]diff.Intent, error) {
	var asked []diff.Rename
	known := map[string]bool{}
	for _, one := range found {
		for _, rename := range one.result.Plan.Renames {
			key := fmt.Sprint(rename.Kind, rename.Table, rename.From, rename.To)
			if !rename.Applied && !known[key] && rename.Kind != "enum value" {
				known[key] = true
				asked = append(asked, rename)
			}
		}
	}
	if len(asked) == 0 {
		return nil, nil
	}
	chosen, err := i.ask(asked)
	if err != nil {
		return nil, err
	}
	var intents []diff.Intent
	for n, rename := range asked {
		answer := chosen[n]
		if answer.from != "" {
			rename.From = answer.from
		}
		intents = append(intents, intentOf(rename, !answer.rename))
	}
	return intents, nil
}

// choice is the answer about one pair: whether it is a rename, and from what, if not from what was proposed.
type choice struct {
	rename bool
	from   string
}

// ask shows pairs, those that are likely marked, and returns what was chosen for each.
func (i *invocation) ask(pairs []diff.Rename) ([]choice, error) {
	i.note("These look like renames. Taken as one, a rename keeps the values; otherwise they are lost.")
	proposed := make([]choice, len(pairs))
	var marked []string
	for n, pair := range pairs {
		why, mark := "", " "
		if len(pair.Reasons) > 0 {
			why = fmt.Sprintf(" (%.2f: %s)", pair.Score, strings.Join(pair.Reasons, ", "))
		}
		if pair.Certainty == diff.Likely {
			mark, proposed[n].rename = "x", true
			marked = append(marked, fmt.Sprint(n+1))
		}
		i.note("  %d [%s] %s %s -> %s%s", n+1, mark, pair.Kind, qualified(pair, pair.From), pair.To, why)
	}
	if marked == nil {
		marked = []string{"none"}
	}
	fmt.Fprintf(i.Stderr, "Which are renames? Numbers (1=OTHER if it was another), all or none [%s]: ", strings.Join(marked, " "))
	line, err := bufio.NewReader(i.Stdin).ReadString('\n')
	if err != nil && (!errors.Is(err, io.EOF) || line == "") {
		return nil, errors.New("no answer; nothing was written")
	}
	if strings.TrimSpace(line) == "" {
		return proposed, nil
	}
	return chosen(line, len(pairs))
}

func qualified(rename diff.Rename, name string) string {
	if rename.Kind == "table" {
		return name
	}
	return rename.Table.String() + "." + name
}

func intentOf(rename diff.Rename, never bool) diff.Intent {
	intent := diff.Intent{From: rename.From, To: rename.To, Never: never}
	if rename.Kind != "table" {
		intent.Table = rename.Table.String()
	}
	return intent
}

// chosen understands "1 3", "1,3", "2=kind" (the second, renamed from kind), "all" and "none".
func chosen(answer string, count int) ([]choice, error) {
	out := make([]choice, count)
	words := strings.FieldsFunc(answer, func(r rune) bool { return r == ' ' || r == ',' || r == '\n' || r == '\r' || r == '\t' })
	for _, word := range words {
		switch strings.ToLower(word) {
		case "none", "n", "no":
			return make([]choice, count), nil
		case "all", "a", "y", "yes":
			return slices.Repeat([]choice{{rename: true}}, count), nil
		}
		digits, from, other := strings.Cut(word, "=")
		number, err := strconv.Atoi(digits)
		if err != nil || number < 1 || number > count || other && from == "" {
			return nil, fmt.Errorf("%q is none of 1 to %d, all or none; nothing was written", word, count)
		}
		out[number-1] = choice{rename: true, from: from}
	}
	return out, nil
}
