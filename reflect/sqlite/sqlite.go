// Package sqlite lets package reflect read models for SQLite. It is imported for its effect.
package sqlite

import (
	"github.com/uptrace/bun/dialect/sqlitedialect"
	bunschema "github.com/uptrace/bun/schema"

	"github.com/retort-db/retort/reflect"
	"github.com/retort-db/retort/schema"
)

func init() {
	reflect.Register(schema.SQLite, func() bunschema.Dialect { return sqlitedialect.New() })
}
