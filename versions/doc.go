// Package versions keeps the revisions of a database: their graph, the directory they are read from, the table that
// says which of them are applied, and the runner that applies and reverts them.
//
// A program that embeds its revisions needs two lines:
//
//	db := bun.NewDB(sqldb, pgdialect.New())
//	err := versions.Upgrade(ctx, db, migrations.Revisions, "head", versions.Options{})
package versions
