package model

import (
	"context"
	"encoding/json"
	"time"

	"github.com/uptrace/bun"

	"github.com/retort-db/retort/reflect/testdata/social/internal/base"
)

// Status is a post.
type Status struct {
	base.Row
	EditedAt        time.Time     `bun:",nullzero"`
	URI             string        `bun:"type:varchar(500),unique,nullzero,notnull"`
	Content         string        `bun:"type:text"`
	Text            string        `bun:"type:text"`
	AccountID       string        `bun:"type:char(26),nullzero,notnull"`
	Account         *Account      `bun:"rel:belongs-to"`
	InReplyToID     string        `bun:"type:char(26),nullzero"`
	InReplyTo       *Status       `bun:"rel:belongs-to,on_delete:set null"`
	BoostOfID       string        `bun:"type:char(26),nullzero"`
	BoostOf         *Status       `bun:"-"`
	ThreadID        string        `bun:"type:char(26),nullzero"`
	Thread          *Thread       `bun:"rel:belongs-to"`
	Attachments     []*Attachment `bun:"rel:has-many,join:id=status_id"`
	Tags            []*Tag        `bun:"m2m:status_to_tags"`
	Emojis          []*Emoji      `bun:"m2m:status_to_emojis"`
	Mentions        []*Mention    `bun:"rel:has-many,join:id=status_id"`
	Visibility      Visibility    `bun:",nullzero,notnull"`
	Sensitive       *bool         `bun:",nullzero,notnull,default:false"`
	Language        string        `bun:",nullzero"`
	Federated       *bool         `bun:",notnull"`
	Score           float64       `bun:",notnull,default:0"`
	PinnedAt        time.Time     `bun:",nullzero"`
	RepliesCount    int           `bun:",scanonly"`
	ApprovedByURI   string        `bun:",nullzero"`
	ContentWarning  string        `bun:",nullzero" ddl:"was:spoiler_text"`
	CreatedWithApp  string        `bun:"created_with_application_id,type:char(26),nullzero"`
	RawInteractions json.RawMessage
}

// AfterCreateTable adds the indexes of the time lines.
func (*Status) AfterCreateTable(ctx context.Context, query *bun.CreateTableQuery) error {
	for name, columns := range map[string][]string{
		"statuses_account_id_created_at_idx": {"account_id", "created_at"}, "statuses_visibility_idx": {"visibility"},
	} {
		if _, err := query.DB().NewCreateIndex().Model((*Status)(nil)).Index(name).Column(columns...).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// StatusEdit is an earlier state of a status.
type StatusEdit struct {
	ID        string    `bun:"type:char(26),pk,nullzero,notnull,unique"`
	Content   string    `bun:"type:text"`
	CreatedAt time.Time `bun:",nullzero,notnull,default:current_timestamp"`
	StatusID  string    `bun:"type:char(26),nullzero,notnull"`
	Status    *Status   `bun:"rel:belongs-to,on_delete:cascade"`
}

// StatusToTag is a junction with a key.
type StatusToTag struct {
	StatusID string  `bun:"type:char(26),pk"`
	Status   *Status `bun:"rel:belongs-to,join:status_id=id"`
	TagID    string  `bun:"type:char(26),pk"`
	Tag      *Tag    `bun:"rel:belongs-to,join:tag_id=id"`
}

// StatusToEmoji is a junction without a key.
type StatusToEmoji struct {
	StatusID string  `bun:"type:char(26),unique:statusemoji,nullzero,notnull"`
	Status   *Status `bun:"rel:belongs-to"`
	EmojiID  string  `bun:"type:char(26),unique:statusemoji,nullzero,notnull"`
	Emoji    *Emoji  `bun:"rel:belongs-to"`
}

// Tag is a word that many look for.
type Tag struct {
	base.Row
	Name     string `bun:"type:varchar(100),unique,nullzero,notnull"`
	Useable  *bool  `bun:",nullzero,notnull,default:true"`
	Listable *bool  `bun:",nullzero,notnull,default:true"`
}

// FollowedTag is a word that an account looks for.
type FollowedTag struct {
	AccountID string   `bun:"type:char(26),unique:followed_tag,notnull"`
	TagID     string   `bun:"type:char(26),unique:followed_tag,notnull"`
	Account   *Account `bun:"rel:belongs-to"`
	Tag       *Tag     `bun:"rel:belongs-to"`
	ID        int64    `bun:",pk,autoincrement"`
}

// Mention is an account in a text.
type Mention struct {
	base.Row
	StatusID        string   `bun:"type:char(26),nullzero,notnull"`
	Status          *Status  `bun:"rel:belongs-to"`
	OriginAccountID string   `bun:"type:char(26),nullzero,notnull"`
	OriginAccount   *Account `bun:"rel:belongs-to"`
	TargetAccountID string   `bun:"type:char(26),nullzero,notnull"`
	TargetAccount   *Account `bun:"rel:belongs-to"`
	Silent          *bool    `bun:",nullzero,notnull,default:false"`
	NameString      string   `bun:"-"`
}

// Thread holds replies together. It has nothing but its key.
type Thread struct {
	ID string `bun:"type:char(26),pk,nullzero,notnull,unique"`
}

// ThreadMute silences a thread.
type ThreadMute struct {
	base.Row
	ThreadID  string   `bun:"type:char(26),nullzero,notnull,unique:thread_mutes_thread_id_account_id"`
	Thread    *Thread  `bun:"rel:belongs-to"`
	AccountID string   `bun:"type:char(26),nullzero,notnull,unique:thread_mutes_thread_id_account_id"`
	Account   *Account `bun:"rel:belongs-to"`
}

// Favourite is a star.
type Favourite struct {
	bun.BaseModel `bun:"table:status_faves"`
	base.Row
	base.Owned
	Account  *Account `bun:"rel:belongs-to,join:account_id=id"`
	StatusID string   `bun:"type:char(26),nullzero,notnull"`
	Status   *Status  `bun:"rel:belongs-to"`
	URI      string   `bun:"type:varchar(500),nullzero,notnull,unique"`
}

// Bookmark is a private star.
type Bookmark struct {
	bun.BaseModel `bun:"status_bookmarks"`
	base.Row
	base.Owned
	Account  *Account `bun:"rel:belongs-to,join:account_id=id"`
	StatusID string   `bun:"type:char(26),nullzero,notnull"`
	Status   *Status  `bun:"rel:belongs-to"`
}

// Attachment is a file.
type Attachment struct {
	base.Row
	StatusID    string   `bun:"type:char(26),nullzero"`
	Status      *Status  `bun:"rel:belongs-to"`
	AccountID   string   `bun:"type:char(26),nullzero,notnull"`
	Account     *Account `bun:"rel:belongs-to,on_delete:cascade"`
	Type        int16    `bun:",notnull,default:0"`
	Meta        FileMeta `bun:"embed:meta_"`
	Description string   `bun:"type:text"`
	Blurhash    string   `bun:",nullzero"`
	Path        string   `bun:"file_path,notnull"`
	Size        uint32   `bun:"file_size,notnull"`
	Avatar      *bool    `bun:",nullzero,notnull,default:false"`
}

// FileMeta is what is known about a picture.
type FileMeta struct {
	Original Dimensions `bun:"embed:original_"`
	Small    Dimensions `bun:"embed:small_"`
	FocusX   float32
	FocusY   float32
}

// Dimensions is a size in pixels.
type Dimensions struct {
	Width, Height int32
	Aspect        float32
}

// Poll is a question.
type Poll struct {
	ID        string    `bun:"type:char(26),pk,nullzero,notnull,unique"`
	Multiple  *bool     `bun:",nullzero,notnull,default:false"`
	Options   []string  `bun:",nullzero,notnull,array"`
	Votes     []int     `bun:",array"`
	StatusID  string    `bun:"type:char(26),nullzero,notnull,unique"`
	Status    *Status   `bun:"rel:belongs-to"`
	ExpiresAt time.Time `bun:",nullzero"`
	ClosedAt  time.Time `bun:",nullzero"`
}

// PollVote is an answer.
type PollVote struct {
	ID        string    `bun:"type:char(26),pk,nullzero,notnull,unique"`
	Choices   []int     `bun:",nullzero,notnull,array"`
	AccountID string    `bun:"type:char(26),nullzero,notnull,unique:in_poll_by_account"`
	PollID    string    `bun:"type:char(26),nullzero,notnull,unique:in_poll_by_account"`
	Poll      *Poll     `bun:"rel:belongs-to,on_delete:cascade"`
	CreatedAt time.Time `bun:",nullzero,notnull,default:current_timestamp"`
}

// List is a time line of some accounts.
type List struct {
	base.Row
	base.Owned
	Title         string       `bun:"type:varchar(200),nullzero,notnull"`
	RepliesPolicy string       `bun:",nullzero,notnull,default:'followed'"`
	Entries       []*ListEntry `bun:"rel:has-many,join:id=list_id"`
}

// ListEntry is a follow in a list.
type ListEntry struct {
	base.Row
	ListID   string  `bun:"type:char(26),notnull,nullzero,unique:list_follow"`
	List     *List   `bun:"rel:belongs-to,on_delete:cascade"`
	FollowID string  `bun:"type:char(26),notnull,nullzero,unique:list_follow"`
	Follow   *Follow `bun:"rel:belongs-to,on_delete:cascade"`
}

// Notification tells of one thing; Target is polymorphic.
type Notification struct {
	base.Row
	Type            string   `bun:"notification_type,type:varchar(40),nullzero,notnull"`
	TargetAccountID string   `bun:"type:char(26),nullzero,notnull"`
	TargetAccount   *Account `bun:"rel:belongs-to"`
	TargetID        string   `bun:"type:char(26)"`
	TargetType      string   `bun:"type:varchar(40)"`
	Read            *bool    `bun:",nullzero,notnull,default:false"`
}

// Marker is how far an account has read; its key has two columns.
type Marker struct {
	AccountID  string    `bun:"type:char(26),pk,unique:markers_account_id_timeline_uniq,notnull,nullzero"`
	Name       string    `bun:"type:varchar(20),pk,unique:markers_account_id_timeline_uniq,notnull,nullzero"`
	UpdatedAt  time.Time `bun:",nullzero,notnull,default:current_timestamp"`
	Version    int       `bun:",nullzero,notnull,default:0"`
	LastReadID string    `bun:"type:char(26),notnull,nullzero"`
}

// MarkerEvent refers to a key of two columns.
type MarkerEvent struct {
	base.Numbered
	MarkerAccountID string  `bun:"type:char(26),notnull"`
	MarkerName      string  `bun:"type:varchar(20),notnull"`
	Marker          *Marker `bun:"rel:belongs-to,join:marker_account_id=account_id,join:marker_name=name,on_delete:cascade"`
	At              time.Time
}

// Conversation is a list of private statuses; the second struct reads it with its last status.
type Conversation struct {
	base.Row
	base.Owned
	ThreadID     string  `bun:"type:char(26),nullzero,notnull"`
	Thread       *Thread `bun:"rel:belongs-to"`
	Read         *bool   `bun:",default:false"`
	LastStatusID string  `bun:"type:char(26),nullzero"`
}

// ConversationWithStatus is a read model.
type ConversationWithStatus struct {
	*Conversation `bun:",extend"`
	LastStatus    *Status `bun:"rel:belongs-to"`
}

// ConversationToStatus is a junction with a key of its own.
type ConversationToStatus struct {
	base.Numbered
	ConversationID string `bun:"type:char(26),notnull,unique:conversation_statuses"`
	StatusID       string `bun:"type:char(26),notnull,unique:conversation_statuses"`
}
