// Package mysql lets package reflect read models for MySQL. It is imported for its effect.
package mysql

import (
	"github.com/uptrace/bun/dialect/mysqldialect"
	bunschema "github.com/uptrace/bun/schema"

	"github.com/retort-db/retort/reflect"
	"github.com/retort-db/retort/schema"
)

func init() {
	reflect.Register(schema.MySQL, func() bunschema.Dialect { return mysqldialect.New() })
}
