package cmd

import (
	"fmt"
	"slices"
)

// databaseRows are the rows of the version table of one of the project's databases.
type databaseRows struct {
	name string // empty if the project has one database
	rows []string
}

// in says which database an error is about.
func (d databaseRows) in() string {
	if d.name == "" {
		return "the database"
	}
	return "database " + d.name
}

// appliedRows reads what is applied, in all databases of the project unless one is named, for commands that must not take
// away what somebody stands on. The history then knows the rows of all.
func (i *invocation) appliedRows(h *history) ([]databaseRows, error) {
	if i.Bool("no-database") {
		return nil, nil
	}
	explained := func(err error) error {
		return fmt.Errorf("%w\nwithout a look at what is applied: --no-database", err)
	}
	if i.String("database") != "" || !i.config.Databases.Several() {
		if err := i.withCurrent(h); err != nil {
			return nil, explained(err)
		}
		return []databaseRows{{rows: h.current}}, nil
	}
	all, err := i.severalDatabases()
	if err != nil {
		return nil, explained(err)
	}
	var out []databaseRows
	for _, database := range all {
		one := &history{directory: h.directory, graph: h.graph}
		if err := i.on(database, i.Stderr).withCurrent(one); err != nil {
			return nil, explained(fmt.Errorf("database %s: %w", database.Name, err))
		}
		out = append(out, databaseRows{name: database.Name, rows: one.current})
		for _, row := range one.current {
			if !slices.Contains(h.current, row) {
				h.current = append(h.current, row)
			}
		}
	}
	h.known = true
	return out, nil
}
