package reflect_test

import (
	"slices"
	"testing"

	"github.com/uptrace/bun"

	"github.com/retort-db/retort/reflect"
	"github.com/retort-db/retort/schema"
)

type author struct {
	bun.BaseModel `bun:"table:authors"`
	ID            int64    `bun:",pk,autoincrement"`
	Profile       *profile `bun:"rel:has-one,join:id=author_id"`
	Books         []*book  `bun:"rel:has-many,join:id=author_id"`
}

type profile struct {
	bun.BaseModel `bun:"table:profiles"`
	ID            int64 `bun:",pk,autoincrement"`
	AuthorID      int64
	Author        *author `bun:"rel:belongs-to,join:author_id=id,on_delete:CASCADE,on_update:cascade"`
}

type book struct {
	bun.BaseModel `bun:"table:books"`
	ID            int64 `bun:",pk,autoincrement"`
	AuthorID      int64
	Author        *author `bun:"rel:belongs-to,join:author_id=id,on_delete:set null"`
	EditorID      int64
	Editor        *author `bun:"rel:belongs-to,join:editor_id=id"`
	CoverID       int64
	Cover         *profile `bun:"rel:has-one,join:cover_id=id"`
	ParentID      *int64
	Parent        *book  `bun:"rel:belongs-to,join:parent_id=id"`
	Tags          []tag  `bun:"m2m:book_tags,join:Book=Tag"`
	Notes         []note `bun:"rel:has-many,join:id=owner_id,join:type=owner_type,polymorphic"`
}

type tag struct {
	bun.BaseModel `bun:"table:tags"`
	ID            int64  `bun:",pk"`
	Books         []book `bun:"m2m:book_tags,join:Tag=Book"`
}

type bookTag struct {
	bun.BaseModel `bun:"table:book_tags"`
	BookID        int64 `bun:",pk"`
	Book          *book `bun:"rel:belongs-to,join:book_id=id"`
	TagID         int64 `bun:",pk"`
	Tag           *tag  `bun:"rel:belongs-to,join:tag_id=id"`
}

type note struct {
	bun.BaseModel `bun:"table:notes"`
	ID            int64 `bun:",pk"`
	OwnerID       int64
	OwnerType     string
}

type biography struct {
	bun.BaseModel `bun:"table:biographies"`
	AuthorID      int64   `bun:",pk"`
	Author        *author `bun:"rel:belongs-to,join:author_id=id"`
}

type compositeKey struct {
	bun.BaseModel `bun:"table:composite_keys"`
	A             int64 `bun:",pk"`
	B             int64 `bun:",pk"`
}

type compositeRef struct {
	bun.BaseModel `bun:"table:composite_refs"`
	ID            int64 `bun:",pk"`
	CA, CB        int64
	Target        *compositeKey `bun:"rel:belongs-to,join:ca=b,join:cb=a"`
	Silent        *compositeKey `bun:"rel:belongs-to,join:cb=a,join:ca=b" ddl:"nofk"`
}

var related = []any{
	(*author)(nil), (*profile)(nil), (*book)(nil), (*tag)(nil), (*bookTag)(nil), (*note)(nil), (*biography)(nil),
	(*compositeKey)(nil), (*compositeRef)(nil),
}

func TestRelations(t *testing.T) {
	all := map[string]string{
		"books": `
			foreign key books_author_id_fkey (author_id) -> authors (id) delete SET NULL
			foreign key books_editor_id_fkey (editor_id) -> authors (id)
			foreign key books_cover_id_fkey (cover_id) -> profiles (id)
			foreign key books_parent_id_fkey (parent_id) -> books (id)`,
		"profiles": `
			foreign key profiles_author_id_fkey (author_id) -> authors (id) delete CASCADE update CASCADE`,
		"book_tags": `
			foreign key book_tags_book_id_fkey (book_id) -> books (id)
			foreign key book_tags_tag_id_fkey (tag_id) -> tags (id)`,
		"biographies": `
			foreign key biographies_author_id_fkey (author_id) -> authors (id)`,
		"composite_refs": `
			foreign key composite_refs_ca_cb_fkey (ca, cb) -> composite_keys (b, a)`,
		"authors": "", "tags": "", "notes": "", "composite_keys": "",
	}
	declared := map[string]string{
		"books": `
			foreign key books_author_id_fkey (author_id) -> authors (id) delete SET NULL`,
		"profiles": all["profiles"],
	}
	cases := []struct {
		mode reflect.ForeignKeyMode
		want map[string]string
	}{
		{"", all}, {reflect.ForeignKeysAll, all}, {reflect.ForeignKeysDeclared, declared}, {reflect.ForeignKeysNone, nil},
	}
	backwards := slices.Clone(related)
	slices.Reverse(backwards)
	for _, c := range cases {
		for _, models := range [][]any{related, backwards} {
			s, diagnostics := read(t, schema.MySQL, reflect.Options{ForeignKeys: c.mode}, models...)
			if len(diagnostics) > 0 {
				t.Errorf("%s: diagnostics: %v", c.mode, diagnostics)
			}
			for table := range s.Tables.All() {
				keys := schema.New(s.Server)
				keys.Tables.Add(&schema.Table{Name: table.Name, ForeignKeys: table.ForeignKeys})
				want := "table " + table.Name.Name
				if lines := c.want[table.Name.Name]; lines != "" {
					want += "\n" + indent(dedent(lines))
				}
				if got := describe(keys); got != want {
					t.Errorf("%s: got:\n%s\nwant:\n%s", c.mode, got, want)
				}
			}
		}
	}
}

func indent(text string) string {
	out := ""
	for line := range splitLines(text) {
		out += "  " + line + "\n"
	}
	return out[:len(out)-1]
}

func TestForeignKeyDeclarations(t *testing.T) {
	type target struct {
		ID   int64  `bun:",pk"`
		Code string `bun:",unique"`
		Name string
	}
	type model struct {
		ID       int64 `bun:",pk"`
		AID      int64
		A        *target `bun:"rel:belongs-to,join:aid=id" ddl:"fk:fk_a,on_delete:cascade,deferred"`
		B        int64   `ddl:"references:targets(id),on_delete:set_null"`
		C        string  `ddl:"references(on_update:cascade,name:fk_c):targets(code)"`
		D        int64   `bun:"type:bigint REFERENCES targets (id) ON DELETE RESTRICT"`
		E        int64   `ddl:"nofk"`
		ETarget  *target `bun:"rel:belongs-to,join:e=id"`
		F        int64
		FTarget  *target `bun:"rel:belongs-to,join:f=id"`
		FTarget2 *target `bun:"rel:belongs-to,join:f=id,on_delete:cascade"`
		G        string  `ddl:"references:targets(name)"`
	}
	for _, mode := range []reflect.ForeignKeyMode{reflect.ForeignKeysAll, reflect.ForeignKeysNone} {
		s, diagnostics := read(t, schema.Postgres, reflect.Options{ForeignKeys: mode}, (*model)(nil), (*target)(nil))
		keys := schema.New(s.Server)
		keys.Tables.Add(&schema.Table{Name: schema.Name{Name: "models"}, ForeignKeys: s.Table(schema.Name{Name: "models"}).ForeignKeys})
		want := `
			table models
			  foreign key fk_a (aid) -> targets (id) delete CASCADE deferrable DEFERRABLE INITIALLY DEFERRED
			  foreign key models_f_fkey (f) -> targets (id) delete CASCADE
			  foreign key models_d_fkey (d) -> targets (id) delete RESTRICT
			  foreign key models_b_fkey (b) -> targets (id) delete SET NULL
			  foreign key fk_c (c) -> targets (code) update CASCADE
			  foreign key models_g_fkey (g) -> targets (name)`
		if mode == reflect.ForeignKeysNone {
			want = `
			table models
			  foreign key fk_a (aid) -> targets (id) delete CASCADE deferrable DEFERRABLE INITIALLY DEFERRED
			  foreign key models_d_fkey (d) -> targets (id) delete RESTRICT
			  foreign key models_b_fkey (b) -> targets (id) delete SET NULL
			  foreign key fk_c (c) -> targets (code) update CASCADE
			  foreign key models_g_fkey (g) -> targets (name)`
		}
		same(t, describe(keys), want)
		if got := ids(diagnostics); got != "target-not-unique G" {
			t.Errorf("diagnostics: %s", got)
		}
	}
}
