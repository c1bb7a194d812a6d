// Package api holds what clients are sent.
package api

import "github.com/retort-db/retort/reflect/testdata/social/model"

// Account has the fields of the table and is none.
type Account model.Account

// Page is a generic response.
type Page[T any] struct {
	ID    int64 `bun:",pk"`
	Items []T
}
