// Package sales holds who buys what.
package sales

import (
	"time"

	"github.com/retort-db/retort/schema"
	"github.com/uptrace/bun"

	"example.com/shop/catalog"
)

// Address is part of a customer.
type Address struct {
	Street  string `bun:"type:varchar(120),nullzero"`
	City    string `bun:"type:varchar(80),nullzero"`
	Country string `bun:"type:char(2),notnull,default:'DE'"`
}

// Customer is somebody with an account.
type Customer struct {
	bun.BaseModel `bun:"table:customers"`

	ID       int64   `bun:",pk,autoincrement"`
	Email    string  `bun:"type:varchar(200),notnull,unique"`
	Fullname string  `bun:"type:varchar(120),notnull"`
	Address  Address `bun:"embed:address_"`
	catalog.Timestamps
}

// Order is a basket that was paid for, or is about to be.
type Order struct {
	bun.BaseModel `bun:"table:orders"`

	ID         int64       `bun:",pk,autoincrement"`
	CustomerID int64       `bun:",notnull" ddl:"index"`
	Customer   *Customer   `bun:"rel:belongs-to,join:customer_id=id"`
	Status     string      `bun:"type:varchar(16),notnull,default:'open'" ddl:"check:status IN ('open', 'paid', 'sent', 'cancelled')"`
	Note       string      `bun:"type:varchar(400),nullzero"`
	PlacedAt   time.Time   `bun:",notnull,default:current_timestamp"`
	Lines      []OrderLine `bun:"rel:has-many,join:id=order_id"`
}

// OrderLine is one article of an order.
type OrderLine struct {
	bun.BaseModel `bun:"table:order_lines"`

	OrderID   int64            `bun:",pk"`
	Position  int64            `bun:",pk"`
	Order     *Order           `bun:"rel:belongs-to,join:order_id=id,on_delete:CASCADE"`
	ProductID int64            `bun:",notnull" ddl:"index"`
	Product   *catalog.Product `bun:"rel:belongs-to,join:product_id=id"`
	Quantity  int64            `bun:",notnull,default:1" ddl:"check:quantity > 0"`
	Price     int64            `bun:",notnull"` // in cents, as it was when the order was placed
}

// Payment is money that came in for an order.
type Payment struct {
	bun.BaseModel `bun:"table:payments"`

	ID      int64     `bun:",pk,autoincrement"`
	OrderID int64     `bun:",notnull" ddl:"index"`
	Order   *Order    `bun:"rel:belongs-to,join:order_id=id"`
	Amount  int64     `bun:",notnull" ddl:"check:amount > 0"`
	Method  string    `bun:"type:varchar(16),nullzero"`
	PaidAt  time.Time `bun:",notnull,default:current_timestamp"`
}

// DDL declares what tags have no words for.
func (*Order) DDL(t *schema.Declaration) {
	t.Index("ix_orders_open", "placed_at").Where("status = 'open'")
}
