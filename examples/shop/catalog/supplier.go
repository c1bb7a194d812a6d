package catalog

import "github.com/uptrace/bun"

// Supplier is a company that the shop buys from.
type Supplier struct {
	bun.BaseModel `bun:"table:suppliers"`

	ID   int64  `bun:",pk,autoincrement"`
	Name string `bun:"type:varchar(120),notnull"`
}
