package reflect_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/retort-db/retort/reflect"
	_ "github.com/retort-db/retort/reflect/mysql"
	_ "github.com/retort-db/retort/reflect/postgres"
	_ "github.com/retort-db/retort/reflect/sqlite"
	"github.com/retort-db/retort/schema"
)

type smokeUser struct {
	bun.BaseModel `bun:"table:users" ddl:"comment:'People, of course',was:people,check(name:x):length(name) > 2"`
	ID            int64     `bun:",pk,autoincrement"`
	Name          string    `bun:",notnull,unique" ddl:"index(where:deleted_at IS NULL,desc):ix_name,collate:C"`
	Email         string    `bun:"type:varchar(200),notnull" ddl:"index(expr:lower(email),unique)"`
	Created       time.Time `bun:",notnull,default:current_timestamp"`
	DeletedAt     time.Time `bun:",soft_delete,nullzero"`
	OwnerID       int64
	Owner         *smokeUser `bun:"rel:belongs-to,join:owner_id=id"`
	State         string     `ddl:"enum(a,b,'c d')"`
}

func (*smokeUser) DDL(t *schema.Declaration) {
	t.Index("ix_x", "lower(name) DESC", "created").Unique().Where("name <> ''")
}

func TestSmoke(t *testing.T) {
	for _, d := range schema.Dialects {
		s, diags, err := reflect.Models(d, reflect.Options{}, (*smokeUser)(nil))
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range diags {
			t.Log(d)
		}
		b, _ := json.MarshalIndent(s, "", " ")
		t.Log(string(b))
	}
}
