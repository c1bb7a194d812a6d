// Package auth holds who may log in.
package auth

import (
	"net"
	"time"

	"github.com/uptrace/bun"

	"github.com/retort-db/retort/reflect/testdata/social/internal/base"
	"github.com/retort-db/retort/reflect/testdata/social/model"
	"github.com/retort-db/retort/schema"
)

// User is an account that logs in here.
type User struct {
	base.Row
	Email             string         `bun:"type:varchar(255),nullzero,unique"`
	AccountID         string         `bun:"type:char(26),nullzero,notnull,unique"`
	Account           *model.Account `bun:"rel:belongs-to"`
	EncryptedPassword string         `bun:"type:varchar(200),nullzero,notnull"`
	SignUpIP          net.IP         `bun:",nullzero"`
	InviteID          *int64
	Invite            *Invite  `bun:"rel:belongs-to"`
	Locale            string   `bun:",nullzero"`
	Admin             *bool    `bun:",nullzero,notnull,default:false"`
	Roles             []*Role  `bun:"m2m:user_roles"`
	Tokens            []*Token `bun:"rel:has-many,join:id=user_id"`
	ExternalID        string   `bun:"type:varchar(200),nullzero,unique"`
}

// Application is a program that speaks for users.
type Application struct {
	base.Row
	Name         string   `bun:"type:varchar(200),notnull"`
	RedirectURIs []string `bun:"redirect_uris,array"`
	ClientID     string   `bun:"type:char(26),nullzero,notnull"`
	Client       *Client  `bun:"rel:belongs-to"`
	Scopes       string   `bun:",notnull"`
}

// Client is one installation of an application.
type Client struct {
	base.Row
	Secret string `bun:"type:varchar(100),nullzero,notnull"`
	Domain string `bun:"type:varchar(150),nullzero,notnull"`
	UserID string `bun:"type:char(26),nullzero"`
	User   *User  `bun:"rel:belongs-to"`
}

// Token lets a client in.
type Token struct {
	base.Row
	ClientID  string        `bun:"type:char(26),nullzero,notnull"`
	Client    *Client       `bun:"rel:belongs-to,on_delete:cascade"`
	UserID    string        `bun:"type:char(26),nullzero"`
	User      *User         `bun:"rel:belongs-to,on_delete:cascade"`
	Access    string        `bun:"type:varchar(100),nullzero,unique"`
	Refresh   string        `bun:"type:varchar(100),nullzero,unique"`
	ExpiresIn time.Duration `bun:",notnull,default:0"`
	LastUsed  bun.NullTime
}

// Role is a set of rights.
type Role struct {
	base.Numbered
	Name        string `bun:"type:varchar(50),notnull,unique"`
	Permissions uint64 `bun:",notnull,default:0"`
	Position    int32  `bun:",notnull"`
}

// UserRole is a junction with a key.
type UserRole struct {
	UserID string `bun:"type:char(26),pk"`
	User   *User  `bun:"rel:belongs-to,join:user_id=id,on_delete:cascade"`
	RoleID int64  `bun:",pk"`
	Role   *Role  `bun:"rel:belongs-to,join:role_id=id"`
}

// Invite lets one more in.
type Invite struct {
	base.Numbered
	Code      string         `bun:"type:varchar(20),notnull,unique"`
	AccountID string         `bun:"type:char(26),notnull"`
	Account   *model.Account `bun:"rel:belongs-to"`
	MaxUses   *int
	Uses      int `bun:",notnull,default:0"`
}

// Denied is an address that may not sign up.
type Denied struct {
	bun.BaseModel `bun:"table:denied_users,select:denied_users"`
	base.Row
	Email    string `bun:"type:varchar(255),notnull"`
	Username string `bun:"type:varchar(100),notnull"`
}

// Passkey declares what bun's tags have no words for.
type Passkey struct {
	base.Numbered
	UserID     string `bun:"type:char(26),notnull" ddl:"index"`
	User       *User  `bun:"rel:belongs-to" ddl:"on_delete:cascade"`
	Credential []byte `bun:",notnull" ddl:"postgres.index(using:hash)"`
	Counter    int64  `bun:",notnull,default:0" ddl:"check:counter >= 0"`
	Kind       string `bun:"type:varchar(20),notnull" ddl:"enum(platform,roaming):passkey_kind"`
	Label      string `ddl:"comment:'What the user calls it'"`
}

// DDL declares the index that finds unused keys.
func (*Passkey) DDL(t *schema.Declaration) {
	t.Comment("Keys of devices")
	t.Index("passkeys_unused_idx", "user_id", "id DESC").Where("counter = 0")
	t.Unique("", "user_id", "label")
}
