// Package catalog holds what the shop sells.
package catalog

import (
	"time"

	"github.com/uptrace/bun"
)

// Timestamps are columns that most tables have. Rows with a DeletedAt are hidden from queries.
type Timestamps struct {
	CreatedAt time.Time `bun:",notnull,default:current_timestamp"`
	UpdatedAt time.Time `bun:",nullzero"`
	DeletedAt time.Time `bun:",soft_delete,nullzero"`
}

// Category is a node of the tree of categories.
type Category struct {
	bun.BaseModel `bun:"table:categories"`

	ID       int64     `bun:",pk,autoincrement"`
	Name     string    `bun:"type:varchar(80),notnull,unique"`
	ParentID *int64    `ddl:"index"`
	Parent   *Category `bun:"rel:belongs-to,join:parent_id=id"`
}

// Product is an article of the shop.
type Product struct {
	bun.BaseModel `bun:"table:products"`

	ID          int64     `bun:",pk,autoincrement"`
	SKU         string    `bun:"type:varchar(32),notnull,unique"`
	Name        string    `bun:"type:varchar(200),notnull"`
	Description string    `bun:"type:text,nullzero"`
	Price       int64     `bun:",notnull" ddl:"check:price >= 0"` // in cents
	Stock       int64     `bun:",notnull,default:0"`
	CategoryID  int64     `bun:",notnull" ddl:"index"`
	Category    *Category `bun:"rel:belongs-to,join:category_id=id"`
	Tags        []Tag     `bun:"m2m:product_tags,join:Product=Tag"`
	Timestamps
}

// Tag is a word that products are found by.
type Tag struct {
	bun.BaseModel `bun:"table:tags"`

	ID   int64  `bun:",pk,autoincrement"`
	Name string `bun:"type:varchar(40),notnull,unique"`
}

// ProductTag joins products and tags.
type ProductTag struct {
	bun.BaseModel `bun:"table:product_tags"`

	ProductID int64    `bun:",pk"`
	TagID     int64    `bun:",pk"`
	Product   *Product `bun:"rel:belongs-to,join:product_id=id,on_delete:CASCADE"`
	Tag       *Tag     `bun:"rel:belongs-to,join:tag_id=id,on_delete:CASCADE"`
}
