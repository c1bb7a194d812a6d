// Package postgres lets package reflect read models for PostgreSQL. It is imported for its effect.
package postgres

import (
	"github.com/uptrace/bun/dialect/pgdialect"
	bunschema "github.com/uptrace/bun/schema"

	"github.com/retort-db/retort/reflect"
	"github.com/retort-db/retort/schema"
)

func init() {
	reflect.Register(schema.Postgres, func() bunschema.Dialect { return pgdialect.New() })
}
