package reflect_test

import (
	"testing"

	"github.com/uptrace/bun"

	"github.com/retort-db/retort/reflect"
	"github.com/retort-db/retort/schema"
)

type conflictingMethod struct {
	ID  int64  `bun:",pk"`
	SKU string `ddl:"comment:from the tag,index:ix_sku"`
}

func (*conflictingMethod) DDL(t *schema.Declaration) {
	t.Column("skuu").Comment("x")
	t.Column("sku").Comment("from the method")
	t.Index("ix_sku", "sku", "id")
	t.Check("", "")
}

type declared struct {
	bun.BaseModel `bun:"table:declared"`
	ID            int64 `bun:",pk"`
	Email         string
	UserID        int64 `bun:"userId"`
	Body          string
	Room          int64
	TenantID      int64
	mixin
}

type mixin struct{ DeletedAt string }

func (*declared) DDL(t *schema.Declaration) {
	t.Comment("all of it").Was("declaration").Set(schema.OptionWith, "fillfactor=70").Set(schema.OptionStrict, "")
	t.Index("", "email")
	t.Index("ix_1", "lower(email) DESC NULLS LAST", "userId", `body COLLATE "C" text_pattern_ops`).Unique().Where("deleted_at IS NULL").Include("room")
	t.Index("ix_2", "(a_of(body)) DESC").Using("GIN")
	t.Index("ix_3", "body gin_trgm_ops(siglen=32)").Using("gin")
	t.Index("ix_4", `"userId" desc`, "EMAIL")
	t.Unique("uq", "tenant_id", "email").NullsNotDistinct()
	t.PrimaryKey("pk_declared").Deferrable(schema.InitiallyDeferred)
	t.Check("", "room > 0")
	t.Check("", "room > tenant_id")
	t.Check("", "true")
	t.ForeignKey("", "tenant_id", "room").References("sales.rooms", "tenant", "id").OnDelete(schema.Cascade)
	t.Column("body").Type("text").NotNull().Default("''").On(schema.MySQL, func(c *schema.ColumnDeclaration) {
		c.Type("mediumtext").Default("")
	})
	t.Column("email").Enum("", "a", "b")
	t.On(schema.Postgres, func(t *schema.Declaration) {
		t.Enum("mood", "sad", "ok").Was("feeling")
		t.Exclude("", "room WITH =").Using("gist")
	})
	t.On(schema.MySQL, func(t *schema.Declaration) { t.Index("ix_my", "body(20)") })
}

func TestDDLMethod(t *testing.T) {
	s, _ := read(t, schema.Postgres, reflect.Options{}, (*declared)(nil))
	same(t, describe(s), `
		enum declared_email (a|b)
		enum mood (sad|ok)
		table declared comment all of it options with=fillfactor=70
		  was declaration
		  id bigint not null
		  email declared_email
		  userId bigint
		  body text not null default ''
		  room bigint
		  tenant_id bigint
		  deleted_at varchar
		  primary key pk_declared (id)
		  unique uq (tenant_id, email) nulls not distinct
		  index ix_declared_email (email)
		  unique index ix_1 ((lower(email)) desc nulls LAST, userId, body collate C text_pattern_ops) include room where deleted_at IS NULL
		  index ix_2 ((a_of(body)) desc) using gin
		  index ix_3 (body gin_trgm_ops(siglen=32)) using gin
		  index ix_4 (userId desc, email)
		  check declared_room_check: room > 0
		  check declared_check: room > tenant_id
		  check declared_check1: true
		  exclude declared_room_excl using gist (room with =)
		  foreign key declared_tenant_id_room_fkey (tenant_id, room) -> sales.rooms (tenant, id) delete CASCADE`)
	s, _ = read(t, schema.MySQL, reflect.Options{}, (*declared)(nil))
	table := s.Table(schema.Name{Name: "declared"})
	if got := describeColumn(table.Column("body")); got != "body mediumtext not null" {
		t.Errorf("body: %s", got)
	}
	if got := describeIndex(table.Index("ix_my")); got != "ix_my (body[20])" {
		t.Errorf("ix_my: %s", got)
	}
}

type MixinB struct{ B int }

func (*MixinB) DDL(t *schema.Declaration) { t.Index("ix_b", "b") }

type MixinC struct{ C int }

func (MixinC) DDL(t *schema.Declaration) { t.Index("ix_c", "c") }

type promoted struct {
	ID int64 `bun:",pk"`
	*MixinB
}

type ambiguous struct {
	ID int64 `bun:",pk"`
	MixinB
	*MixinC
}

type panicking struct {
	ID   int64 `bun:",pk"`
	Name *string
}

func (p *panicking) DDL(t *schema.Declaration) { t.Comment(*p.Name) }

func TestDDLMethodsOfEmbedded(t *testing.T) {
	for _, c := range []struct {
		model any
		want  []string
	}{{(*promoted)(nil), []string{"ix_b"}}, {(*ambiguous)(nil), []string{"ix_b", "ix_c"}}} {
		s, _ := read(t, schema.SQLite, reflect.Options{}, c.model)
		for table := range s.Tables.All() {
			if len(table.Indexes) != len(c.want) {
				t.Errorf("%s: %d indexes, want %v", table.Name, len(table.Indexes), c.want)
			}
			for _, name := range c.want {
				if table.Index(name) == nil {
					t.Errorf("%s: no index %s", table.Name, name)
				}
			}
		}
	}
	same(t, fail(t, schema.SQLite, (*panicking)(nil)),
		"reflect_test.panicking.DDL: the DDL method panics: runtime error: invalid memory address or nil pointer dereference: "+
			"it is called on a zero value and may use nothing of it")
}
