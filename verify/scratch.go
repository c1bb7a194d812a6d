package verify

import (
	"context"
	"slices"
	"strings"

	"github.com/uptrace/bun"
	bunschema "github.com/uptrace/bun/schema"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
	"github.com/retort-db/retort/versions"
)

// Scratch is [Run] on a database that is made for it on the server of a URL and removed afterwards; see
// [introspect.WithScratchDatabase]. The URL's own database is not touched. Extensions of PostgreSQL that it has and that no
// revision creates are there in the scratch database too, if the role may create them.
func Scratch(ctx context.Context, url string, dialect bunschema.Dialect, set *versions.Set, options Options) (*Report, error) {
	var report *Report
	err := introspect.WithScratchDatabase(ctx, url, options.Scratch, func(database *introspect.Database) error {
		if database.Dialect == schema.Postgres {
			if err := copyExtensions(ctx, url, database, set); err != nil {
				return err
			}
		}
		var err error
		report, err = Run(ctx, bun.NewDB(database.DB, dialect), set, options)
		return err
	})
	return report, err
}

// copyExtensions creates the extensions that the URL's database has and the revisions take for granted. One that cannot be
// created is left out: the revision that needs it says so.
func copyExtensions(ctx context.Context, url string, to *introspect.Database, set *versions.Set) error {
	from, err := introspect.Open(ctx, url)
	if err != nil {
		return err
	}
	defer from.Close()
	rows, err := from.QueryContext(ctx, "SELECT extname FROM pg_catalog.pg_extension WHERE extname <> 'plpgsql' ORDER BY extname")
	if err != nil {
		return err
	}
	defer rows.Close()
	created := createdExtensions(set)
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		if !slices.Contains(created, strings.ToLower(name)) {
			_, _ = to.ExecContext(ctx, "CREATE EXTENSION IF NOT EXISTS "+ddl.Quote(schema.Postgres, name)+" CASCADE")
		}
	}
	return rows.Err()
}

func createdExtensions(set *versions.Set) []string {
	var out []string
	for _, revision := range set.All() {
		operations, err := revision.Operations(schema.Postgres, versions.Up)
		if err != nil {
			continue // Run says so
		}
		for _, operation := range operations {
			switch o := operation.(type) {
			case *op.CreateExtension:
				out = append(out, strings.ToLower(o.Extension.Name))
			case *op.Exec:
				out = append(out, strings.Fields(strings.ToLower(strings.NewReplacer(`"`, "", ";", "").Replace(o.SQL)))...)
			}
		}
	}
	return out
}
