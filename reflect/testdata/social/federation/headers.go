package federation

import "github.com/retort-db/retort/reflect/testdata/social/internal/base"

// AllowedHeader has all its columns from what it embeds.
type AllowedHeader struct{ headerRule }

// BlockedHeader is its opposite.
type BlockedHeader struct{ headerRule }

// headerRule is unexported, and embedded all the same.
type headerRule struct {
	base.Row
	Name  string `bun:"header,type:varchar(100),nullzero,notnull"`
	Regex string `bun:"type:varchar(200),nullzero,notnull"`
}
