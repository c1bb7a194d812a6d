// Package base holds what the server's tables have in common.
package base

import "time"

// Row is the key and the time stamps of most tables.
type Row struct {
	ID        string    `bun:"type:char(26),pk,nullzero,notnull,unique"`
	CreatedAt time.Time `bun:",nullzero,notnull,default:current_timestamp"`
	UpdatedAt time.Time `bun:",nullzero,notnull,default:current_timestamp"`
}

// Numbered is a key that the database counts.
type Numbered struct {
	ID int64 `bun:",pk,autoincrement"`
}

// Erasable is a row that is hidden before it is deleted.
type Erasable struct {
	DeletedAt time.Time `bun:",soft_delete,nullzero"`
}

// Owned is a row of an account. The relation is with the struct that has it.
type Owned struct {
	AccountID string `bun:"type:char(26),nullzero,notnull"`
}

// Pages counts what was fetched.
type Pages struct {
	Total   int    `bun:",notnull,default:0"`
	Cursor  string `bun:"type:varchar(100)"`
	Fetched time.Time
}
