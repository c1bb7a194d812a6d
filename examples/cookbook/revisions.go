// Package cookbook holds the revisions that docs/cookbook.md shows, as a project would have them: a history that runs on
// PostgreSQL, MySQL, MariaDB and SQLite.
package cookbook

import "github.com/retort-db/retort/versions"

// Revisions are all of them: each file adds its own.
var Revisions = &versions.Set{}
