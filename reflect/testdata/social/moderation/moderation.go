// Package moderation holds what keeps a server peaceful.
package moderation

import (
	"time"

	"github.com/uptrace/bun"

	"github.com/retort-db/retort/reflect/testdata/social/federation"
	"github.com/retort-db/retort/reflect/testdata/social/internal/base"
	"github.com/retort-db/retort/reflect/testdata/social/model"
)

// Report is a complaint.
type Report struct {
	base.Row
	URI             string             `bun:"type:varchar(500),unique,nullzero,notnull"`
	AccountID       string             `bun:"type:char(26),nullzero,notnull"`
	Account         *model.Account     `bun:"rel:belongs-to"`
	TargetAccountID string             `bun:"type:char(26),nullzero,notnull"`
	TargetAccount   *model.Account     `bun:"rel:belongs-to"`
	Comment         string             `bun:"type:text"`
	Rules           []*federation.Rule `bun:"m2m:report_to_rules,join:Report=Rule"`
	ActionTakenAt   time.Time          `bun:",nullzero"`
	ActionTakenByID string             `bun:"type:char(26),nullzero"`
	ActionTakenBy   *model.Account     `bun:"rel:belongs-to"`
}

// ReportToRule is a junction without a key.
type ReportToRule struct {
	ReportID string           `bun:"type:char(26),notnull"`
	Report   *Report          `bun:"rel:belongs-to"`
	RuleID   string           `bun:"type:char(26),notnull"`
	Rule     *federation.Rule `bun:"rel:belongs-to"`
}

// Filter hides statuses.
type Filter struct {
	base.Row
	base.Owned
	ExpiresAt time.Time        `bun:",nullzero"`
	Title     string           `bun:"type:varchar(200),nullzero,notnull"`
	Action    uint8            `bun:",nullzero,notnull,default:0"`
	Keywords  []*FilterKeyword `bun:"rel:has-many,join:id=filter_id"`
}

// FilterKeyword is a word of a filter.
type FilterKeyword struct {
	base.Row
	FilterID  string  `bun:"type:char(26),notnull,nullzero,unique:filter_keywords_filter_id_keyword_uniq"`
	Filter    *Filter `bun:"rel:belongs-to,on_delete:cascade"`
	Keyword   string  `bun:"type:varchar(200),nullzero,notnull,unique:filter_keywords_filter_id_keyword_uniq"`
	WholeWord *bool   `bun:",nullzero,notnull,default:false"`
}

// FilterStatus is a single status of a filter.
type FilterStatus struct {
	base.Row
	FilterID string        `bun:"type:char(26),notnull,nullzero,unique:filter_statuses_filter_id_status_id_uniq"`
	Filter   *Filter       `bun:"rel:belongs-to,on_delete:cascade"`
	StatusID string        `bun:"type:char(26),notnull,nullzero,unique:filter_statuses_filter_id_status_id_uniq"`
	Status   *model.Status `bun:"rel:belongs-to"`
}

// Measure is what a moderator did, about anything.
type Measure struct {
	bun.BaseModel  `bun:"table:admin_actions,alias:aa"`
	base.Row       `bun:""`
	TargetCategory uint8          `bun:",nullzero,notnull"`
	TargetID       string         `bun:",nullzero,notnull"`
	Type           uint8          `bun:",nullzero,notnull"`
	ByID           string         `bun:"account_id,type:char(26),notnull,nullzero"`
	By             *model.Account `bun:"rel:belongs-to,join:account_id=id"`
	Text           string         `bun:"type:text"`
	ReportIDs      []string       `bun:"reports,array"`
	Evidence       []byte         `bun:",msgpack"`
}

// Warning is sent to an account.
type Warning struct {
	base.Numbered
	MeasureID string   `bun:"type:char(26),notnull"`
	Measure   *Measure `bun:"rel:belongs-to,on_delete:restrict"`
	Text      string   `bun:"type:text"`
}

// Appeal answers a warning, once.
type Appeal struct {
	base.Numbered
	WarningID  int64     `bun:",notnull,unique"`
	Warning    *Warning  `bun:"rel:belongs-to,on_delete:cascade"`
	Text       string    `bun:"type:text,notnull"`
	ApprovedAt time.Time `bun:",nullzero"`
	RejectedAt *time.Time
}

// Price of an appeal, never used; kept for its numeric type.
type Price struct {
	bun.BaseModel `bun:"table:moderation_prices"`
	AppealID      int64   `bun:",pk"`
	Amount        string  `bun:"type:numeric(12,2),notnull,default:0"`
	Currency      string  `bun:"type:char(3),notnull,default:'EUR'"`
	Rate          float64 `bun:"type:double precision"`
}
