// Package federation holds what is known about other servers.
package federation

import (
	"time"

	"github.com/retort-db/retort/reflect/testdata/social/internal/base"
	"github.com/retort-db/retort/reflect/testdata/social/model"
)

// Instance is another server.
type Instance struct {
	base.Row
	Domain        string         `bun:"type:varchar(150),nullzero,notnull,unique"`
	Title         string         `bun:",nullzero"`
	URI           string         `bun:"type:varchar(500),nullzero,notnull,unique"`
	SuspendedAt   time.Time      `bun:",nullzero"`
	ContactID     string         `bun:"contact_account_id,type:char(26),nullzero"`
	Contact       *model.Account `bun:"rel:belongs-to,join:contact_account_id=id"`
	Version       string         `bun:",nullzero"`
	Languages     []string       `bun:",array"`
	Rules         []Rule         `bun:"rel:has-many,join:id=instance_id"`
	LatencyMillis float32
}

// Rule is a sentence of a server's rules.
type Rule struct {
	base.Row
	base.Erasable
	InstanceID string    `bun:"type:char(26),nullzero"`
	Instance   *Instance `bun:"rel:belongs-to"`
	Text       string    `bun:"type:text,nullzero,notnull"`
	Order      *uint     `bun:",nullzero,notnull"`
}

// Delivery is a message on its way.
type Delivery struct {
	base.Numbered
	InstanceID string    `bun:"type:char(26),notnull"`
	Instance   *Instance `bun:"rel:belongs-to"`
	Payload    []byte    `bun:",notnull"`
	Attempts   int16     `bun:",notnull,default:0"`
	NextTry    time.Time `bun:",notnull,default:current_timestamp"`
	Headers    map[string]string
}

// Tombstone is what is left of a deleted thing.
type Tombstone struct {
	base.Row
	Domain string `bun:"type:varchar(150),nullzero,notnull"`
	URI    string `bun:"type:varchar(500),nullzero,notnull,unique"`
}

// DomainBlock is of a server.
type DomainBlock struct {
	base.Row
	Domain  string         `bun:"type:varchar(150),nullzero,notnull,unique"`
	ByID    string         `bun:"created_by_account_id,type:char(26),nullzero,notnull"`
	By      *model.Account `bun:"rel:belongs-to,join:created_by_account_id=id"`
	Comment string         `bun:"type:text"`
}

// BlockList is where blocks come from.
type BlockList struct {
	base.Row
	URI      string `bun:"type:varchar(500),notnull,unique"`
	Priority uint8  `bun:",notnull,default:0"`
	ETag     string `bun:"etag,type:varchar(100)"`
}
