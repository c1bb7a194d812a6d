// Package jobs holds the work that goes on by itself.
package jobs

import (
	"context"
	"database/sql"
	"time"

	"github.com/uptrace/bun"

	"github.com/retort-db/retort/reflect/testdata/social/auth"
	"github.com/retort-db/retort/reflect/testdata/social/internal/base"
	"github.com/retort-db/retort/reflect/testdata/social/model"
)

// Job is a piece of work.
type Job struct {
	base.Numbered
	Queue    string         `bun:"type:varchar(50),notnull,default:'default'"`
	Payload  map[string]any `bun:",notnull"`
	RunAt    time.Time      `bun:",notnull"`
	Priority int16          `bun:",notnull,default:-1"`
	LockedBy sql.NullString
	ParentID *int64
	Parent   *Job `bun:"rel:belongs-to,join:parent_id=id,on_delete:set null"`
}

// BeforeCreateTable adds a check.
func (*Job) BeforeCreateTable(_ context.Context, query *bun.CreateTableQuery) error {
	query.ColumnExpr("CONSTRAINT jobs_priority_ck CHECK (priority > -100)")
	return nil
}

// Run is an attempt at a job.
type Run struct {
	bun.BaseModel `bun:"table:job_runs"`
	base.Numbered
	JobID    int64 `bun:",notnull"`
	Job      *Job  `bun:"rel:belongs-to,on_delete:cascade"`
	Started  time.Time
	Finished *time.Time
	Error    string `bun:"type:text"`
	OK       bool   `bun:"ok,notnull"`
}

// Schedule makes jobs.
type Schedule struct {
	Name  string        `bun:"type:varchar(100),pk"`
	Every time.Duration `bun:",notnull"`
	Last  sql.NullTime
}

// Setting is a value of the server's configuration.
type Setting struct {
	Key   string `bun:"key,type:varchar(100),pk"`
	Value string `bun:"value,type:text"`
}

// Announcement is read by everybody.
type Announcement struct {
	base.Row
	Text      string `bun:"type:text,notnull"`
	StartsAt  *time.Time
	EndsAt    *time.Time
	AllDay    bool `bun:",notnull,default:false"`
	Reactions int  `bun:",scanonly"`
}

// AnnouncementReaction is a picture beside an announcement.
type AnnouncementReaction struct {
	bun.BaseModel  `bun:"table:announcement_reactions"`
	AnnouncementID string       `bun:"type:char(26),pk"`
	AccountID      string       `bun:"type:char(26),pk"`
	Name           string       `bun:"type:varchar(100),pk"`
	EmojiID        string       `bun:"type:char(26),nullzero"`
	Emoji          *model.Emoji `bun:"rel:belongs-to"`
}

// AnnouncementRead remembers who has read what.
type AnnouncementRead struct {
	AnnouncementID string `bun:"type:char(26),pk"`
	AccountID      string `bun:"type:char(26),pk"`
}

// Webhook is called when something happens.
type Webhook struct {
	base.Numbered
	URL     string   `bun:"url,type:varchar(500),notnull,unique"`
	Events  []string `bun:",array,notnull"`
	Secret  []byte
	UserID  string     `bun:"type:char(26),notnull"`
	User    *auth.User `bun:"rel:belongs-to,on_delete:cascade"`
	Enabled bool       `bun:",notnull,default:true"`
}

// WebhookCall is one call.
type WebhookCall struct {
	base.Numbered
	WebhookID int64    `bun:",notnull"`
	Webhook   *Webhook `bun:"rel:belongs-to,on_delete:cascade"`
	Status    int16
	Took      float64
	At        time.Time `bun:",notnull,default:current_timestamp"`
}

// Push is a browser that wants messages.
type Push struct {
	bun.BaseModel `bun:"table:web_push_subscriptions"`
	base.Row
	TokenID  string      `bun:"type:char(26),nullzero,notnull,unique"`
	Token    *auth.Token `bun:"rel:belongs-to,on_delete:cascade"`
	Endpoint string      `bun:",nullzero,notnull"`
	Flags    uint16      `bun:",nullzero,notnull"`
}
