package cmd

import (
	"bufio"
	"errors"
	"fmt"
	"io"
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
		intents = append(intents, intentOf(rename, !chosen[n]))
	}
	return intents, nil
}

// ask shows pairs and returns which of them are renames, by their place in the list.
func (i *invocation) ask(pairs []diff.Rename) (map[int]bool, error) {
	i.note("These look like renames. Taken as one, a rename keeps the values; otherwise they are lost.")
	for n, pair := range pairs {
		why := ""
		if len(pair.Reasons) > 0 {
			why = fmt.Sprintf(" (%.2f: %s)", pair.Score, strings.Join(pair.Reasons, ", "))
		}
		i.note("  %d  %s %s -> %s%s", n+1, pair.Kind, qualified(pair, pair.From), pair.To, why)
	}
	fmt.Fprint(i.Stderr, "Which are renames? Numbers, all or none [none]: ")
	line, err := bufio.NewReader(i.Stdin).ReadString('\n')
	if err != nil && (!errors.Is(err, io.EOF) || line == "") {
		return nil, errors.New("no answer; nothing was written")
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

// chosen understands "1 3", "1,3", "all" and "none".
func chosen(answer string, count int) (map[int]bool, error) {
	out := map[int]bool{}
	words := strings.FieldsFunc(strings.ToLower(answer), func(r rune) bool { return r == ' ' || r == ',' || r == '\n' || r == '\r' || r == '\t' })
	for _, word := range words {
		switch word {
		case "none", "n", "no":
			return map[int]bool{}, nil
		case "all", "a", "y", "yes":
			for n := range count {
				out[n] = true
			}
			return out, nil
		}
		number := 0
		if _, err := fmt.Sscanf(word, "%d", &number); err != nil || number < 1 || number > count {
			return nil, fmt.Errorf("%q is none of 1 to %d, all or none; nothing was written", word, count)
		}
		out[number-1] = true
	}
	return out, nil
}
