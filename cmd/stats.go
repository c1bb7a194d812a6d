package cmd

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/urfave/cli/v2"

	"github.com/retort-db/retort/cmd/internal/arguments"
	"github.com/retort-db/retort/cmd/internal/output"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
)

func (p *program) statsCommand() *cli.Command {
	return &cli.Command{
		Name: "stats", Category: "review", Usage: "read how big the tables of a database are",
		Description: "Reads the sizes that the server keeps, without reading the tables (SQLite keeps none: its rows are counted).\nThe answer holds names and sizes, and nothing about where the database is. retort review --stats FILE puts it beside what changes.",
		Flags: withFormat(
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "write JSON to this file instead"},
		),
		Action: p.action(arity{}, (*invocation).stats),
	}
}

// statistics is the answer of stats, and the file that --stats takes.
type statistics struct {
	Dialect schema.Dialect `json:"dialect"`
	Server  string         `json:"server"` // product and version
	Tables  []tableSize    `json:"tables"`
}

// tableSize has -1 for what the server does not know.
type tableSize struct {
	Table string `json:"table"`
	Rows  int64  `json:"rows"`
	Bytes int64  `json:"bytes"`
}

func (i *invocation) stats() error {
	database, err := i.open()
	if err != nil {
		return err
	}
	defer database.Close()
	server, err := introspect.ServerOf(i.ctx, database, database.Dialect)
	if err != nil {
		return err
	}
	sizes, err := introspect.Sizes(i.ctx, database, database.Dialect, introspect.Options{Namespaces: i.config.Schemas})
	if err != nil {
		return err
	}
	answer := statistics{Dialect: database.Dialect, Server: server.String(), Tables: []tableSize{}}
	ignored := i.ignored()
	for _, size := range sizes {
		if !ignored(size.Table) {
			answer.Tables = append(answer.Tables, tableSize{Table: size.Table.String(), Rows: size.Rows, Bytes: size.Bytes})
		}
	}
	if path := i.String("output"); path != "" {
		var out bytes.Buffer
		if err := output.WriteJSON(&out, output.Answer{Command: "stats", Result: answer}); err != nil {
			return err
		}
		return os.WriteFile(path, out.Bytes(), 0o644)
	}
	return i.answer(answer, func(w io.Writer) error {
		rows := [][]string{}
		for _, table := range answer.Tables {
			rows = append(rows, []string{table.Table, known(table.Rows, "rows"), known(table.Bytes, "bytes")})
		}
		return output.Columns(w, "", rows)
	})
}

func known(number int64, of string) string {
	if number < 0 {
		return of + " unknown"
	}
	return strconv.FormatInt(number, 10) + " " + of
}

// readStatistics reads the file that stats wrote.
func readStatistics(path string) (*statistics, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var answer struct {
		Version int         `json:"version"`
		Command string      `json:"command"`
		Result  *statistics `json:"result"`
	}
	decoder := json.NewDecoder(bytes.NewReader(content))
	if err := decoder.Decode(&answer); err != nil {
		return nil, fmt.Errorf("%s: not what retort stats --json writes: %w", path, err)
	}
	switch {
	case answer.Command != "stats" || answer.Result == nil:
		return nil, &arguments.UsageError{Text: fmt.Sprintf("%s is not what retort stats --json writes", path)}
	case answer.Version != output.Version:
		return nil, fmt.Errorf("%s has version %d of the form, and this retort reads %d: write it anew with retort stats", path, answer.Version, output.Version)
	}
	return answer.Result, nil
}
