package op

import "github.com/retort-db/retort/schema"

// The dialects, so that a revision file that tells engines apart needs no further import.
const (
	Postgres = schema.Postgres
	MySQL    = schema.MySQL
	SQLite   = schema.SQLite
)
