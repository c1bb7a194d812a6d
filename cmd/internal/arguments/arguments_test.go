package arguments

import (
	"errors"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

func app() *cli.App {
	return &cli.App{
		Name:  "retort",
		Flags: []cli.Flag{&cli.StringFlag{Name: "url"}, &cli.BoolFlag{Name: "verbose", Aliases: []string{"v"}}},
		Commands: []*cli.Command{
			{Name: "version"},
			{Name: "downgrade", Flags: []cli.Flag{&cli.BoolFlag{Name: "sql"}}},
			{Name: "history", Flags: []cli.Flag{&cli.StringFlag{Name: "range", Aliases: []string{"r"}}, &cli.BoolFlag{Name: "verbose", Aliases: []string{"v"}}}},
		},
	}
}

func TestNormalize(t *testing.T) {
	for given, want := range map[string]string{
		"retort":                               "retort",
		"retort --help":                        "retort --help",
		"retort --version":                     "retort version",
		"retort help":                          "retort --help",
		"retort help downgrade":                "retort downgrade --help",
		"retort downgrade help":                "retort downgrade -- help",
		"retort downgrade -1":                  "retort downgrade -- -1",
		"retort downgrade -1 --sql":            "retort downgrade --sql -- -1",
		"retort downgrade head --sql --url x":  "retort --url=x downgrade --sql -- head",
		"retort --url=x downgrade base":        "retort --url=x downgrade -- base",
		"retort history -r -3:current -v":      "retort history -r=-3:current -v",
		"retort -v history":                    "retort -v history",
		"retort downgrade -- --sql":            "retort downgrade -- --sql",
		"retort downgrade -h":                  "retort downgrade -h",
		"retort x --generate-bash-completion":  "retort x --generate-bash-completion",
		"retort downgrade --url -x.db --sql=0": "retort --url=-x.db downgrade --sql=0",
	} {
		got, err := Normalize(app(), strings.Fields(given))
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%q: got %q, %v, want %q", given, got, err, want)
		}
	}
}

func TestNormalizeMistakes(t *testing.T) {
	for given, want := range map[string]string{
		"retort downgrad -1":          `there is no command "downgrad"; did you mean downgrade?; see retort --help`,
		"retort help xyzzy":           `there is no command "xyzzy"; see retort --help`,
		"retort xyzzy":                `there is no command "xyzzy"; see retort --help`,
		"retort downgrade -1 --slq":   "downgrade: there is no flag --slq; did you mean --sql?; see retort downgrade --help",
		"retort downgrade head --url": "downgrade: --url needs a value; see retort downgrade --help",
		"retort -x":                   "there is no flag -x; see retort --help",
	} {
		_, err := Normalize(app(), strings.Fields(given))
		var usage *UsageError
		if !errors.As(err, &usage) || err.Error() != want {
			t.Errorf("%q: got %v, want %s", given, err, want)
		}
	}
}
