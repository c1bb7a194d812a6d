// Package model holds the tables that clients see.
package model

import (
	"context"
	"net"
	"time"

	"github.com/uptrace/bun"

	"github.com/retort-db/retort/reflect/testdata/social/internal/base"
)

// Visibility says who may see a status.
type Visibility int16

// Account is a person, here or elsewhere.
type Account struct {
	base.Row
	base.Erasable
	Username     string      `bun:"type:varchar(100),nullzero,notnull,unique:accounts_username_domain"`
	Domain       string      `bun:"type:varchar(150),nullzero,unique:accounts_username_domain"`
	DisplayName  string      `bun:"type:text"`
	Note         string      `bun:"type:text"`
	Fields       []Field     `bun:""`
	Locked       *bool       `bun:",nullzero,notnull,default:true"`
	Discoverable *bool       `bun:",default:false"`
	URI          string      `bun:"type:varchar(500),nullzero,notnull,unique"`
	PublicKey    []byte      `bun:""`
	ActorType    string      `bun:"type:varchar(20),nullzero,notnull"`
	Followers    base.Pages  `bun:"embed:followers_"`
	Following    *base.Pages `bun:"embed:following_"`
	MovedToID    string      `bun:"type:char(26),nullzero"`
	MovedTo      *Account    `bun:"rel:belongs-to,join:moved_to_id=id"`
	Emojis       []*Emoji    `bun:"m2m:account_to_emojis,join:Account=Emoji"`
	Statuses     []*Status   `bun:"rel:has-many,join:id=account_id"`
	EmojiIDs     []string    `bun:"emojis,array"`
}

// Field is a row of a profile, stored inside the account.
type Field struct {
	Name, Value string
	VerifiedAt  time.Time
}

// AccountStats counts. It shares the account's key and is no foreign key in the database.
type AccountStats struct {
	AccountID      string    `bun:"type:char(26),pk,nullzero,notnull,unique"`
	StatusesCount  *int      `bun:",nullzero,notnull,default:0"`
	LastStatusAt   time.Time `bun:",nullzero"`
	RegeneratedAt  time.Time `bun:",nullzero"`
	FollowersCount int64     `bun:",notnull,default:0"`
}

// AccountToEmoji is a junction without a key.
type AccountToEmoji struct {
	AccountID string   `bun:"type:char(26),unique:accountemoji,nullzero,notnull"`
	Account   *Account `bun:"rel:belongs-to"`
	EmojiID   string   `bun:"type:char(26),unique:accountemoji,nullzero,notnull"`
	Emoji     *Emoji   `bun:"rel:belongs-to"`
}

// AccountNote is a private note about somebody.
type AccountNote struct {
	base.Row
	AccountID       string   `bun:"type:char(26),unique:account_notes_pair,notnull,nullzero"`
	Account         *Account `bun:"rel:belongs-to"`
	TargetAccountID string   `bun:"type:char(26),unique:account_notes_pair,notnull,nullzero"`
	TargetAccount   *Account `bun:"rel:belongs-to,on_delete:cascade"`
	Comment         string   `bun:"type:text"`
}

// AccountSettings is what an account prefers.
type AccountSettings struct {
	base.Row
	base.Owned
	Account    *Account   `bun:"rel:belongs-to,join:account_id=id,on_delete:cascade"`
	Privacy    Visibility `bun:",nullzero,default:3"`
	Sensitive  *bool      `bun:",nullzero,notnull,default:false"`
	Language   string     `bun:"type:varchar(5),nullzero,notnull,default:'en'"`
	Theme      string     `bun:",nullzero"`
	HideBots   bool       `bun:",notnull"`
	Order      string     `bun:"order,type:varchar(10)"`
	WebLayouts map[string]any
}

// Emoji is a picture in a text.
type Emoji struct {
	base.Row
	Shortcode       string         `bun:"type:varchar(100),nullzero,notnull,unique:emojis_domain_shortcode"`
	Domain          string         `bun:"type:varchar(150),nullzero,unique:emojis_domain_shortcode"`
	ImagePath       string         `bun:",nullzero"`
	ImageSize       int            `bun:"image_file_size,notnull"`
	Disabled        *bool          `bun:",nullzero,notnull,default:false"`
	CategoryID      string         `bun:"type:char(26),nullzero"`
	Category        *EmojiCategory `bun:"rel:belongs-to"`
	VisibleInPicker *bool          `bun:",nullzero,notnull,default:true"`
}

// EmojiCategory is a shelf of emojis.
type EmojiCategory struct {
	base.Row
	Name string `bun:"type:varchar(100),nullzero,notnull,unique"`
}

// Session is a browser.
type Session struct {
	base.Numbered
	bun.BaseModel `bun:"table:web_sessions,alias:ws"`
	base.Owned
	Account   *Account `bun:"rel:belongs-to,join:account_id=id"`
	Token     string   `bun:"type:varchar(64),notnull,unique"`
	IP        net.IP
	UserAgent string        `bun:"type:text"`
	TTL       time.Duration `bun:"ttl,notnull"`
}

// AfterCreateTable adds the index by which sessions are cleaned up.
func (*Session) AfterCreateTable(ctx context.Context, query *bun.CreateTableQuery) error {
	_, err := query.DB().NewCreateIndex().Model((*Session)(nil)).Index("web_sessions_account_id_idx").Column("account_id", "token").Exec(ctx)
	return err
}

// Follow is one account following another.
type Follow struct {
	base.Row
	URI             string   `bun:"type:varchar(500),notnull,nullzero,unique"`
	AccountID       string   `bun:"type:char(26),unique:srctarget,notnull,nullzero"`
	Account         *Account `bun:"-"`
	TargetAccountID string   `bun:"type:char(26),unique:srctarget,notnull,nullzero"`
	TargetAccount   *Account `bun:"rel:belongs-to"`
	ShowReblogs     *bool    `bun:",nullzero,notnull,default:true"`
	Notify          *bool    `bun:",nullzero,notnull,default:false"`
}

// FollowRequest is a follow that waits.
type FollowRequest struct {
	base.Row
	URI             string   `bun:"type:varchar(500),notnull,nullzero,unique"`
	AccountID       string   `bun:"type:char(26),unique:frsrctarget,notnull,nullzero"`
	Account         *Account `bun:"rel:belongs-to"`
	TargetAccountID string   `bun:"type:char(26),unique:frsrctarget,notnull,nullzero"`
	TargetAccount   *Account `bun:"rel:belongs-to"`
}

// Block keeps an account away.
type Block struct {
	base.Row
	AccountID       string   `bun:"type:char(26),unique:blocksrctarget,notnull,nullzero"`
	Account         *Account `bun:"rel:belongs-to,on_delete:cascade,on_update:cascade"`
	TargetAccountID string   `bun:"type:char(26),unique:blocksrctarget,notnull,nullzero"`
	TargetAccount   *Account `bun:"rel:belongs-to,on_delete:cascade"`
}

// Mute hides an account for a while.
type Mute struct {
	base.Row
	ExpiresAt       time.Time `bun:",nullzero"`
	AccountID       string    `bun:"type:char(26),notnull,nullzero"`
	TargetAccountID string    `bun:"type:char(26),notnull,nullzero"`
	Notifications   *bool     `bun:",nullzero,notnull,default:false"`
	Account         *Account  `bun:"rel:belongs-to"`
	TargetAccount   *Account  `bun:"rel:belongs-to"`
}
