package reflect_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"github.com/retort-db/retort/reflect"
	"github.com/retort-db/retort/schema"
)

type hooked struct {
	bun.BaseModel `bun:"table:hooked"`
	ID            int64 `bun:",pk,autoincrement"`
	OwnerID       int64
	Email         string `bun:",unique"`
	DeletedAt     string
}

func (*hooked) BeforeCreateTable(_ context.Context, query *bun.CreateTableQuery) error {
	query.IfNotExists().ForeignKey(`("owner_id") REFERENCES "owners" ("id") ON DELETE CASCADE`).
		ColumnExpr("CONSTRAINT hooked_ck CHECK (id > 0)")
	return nil
}

func (*hooked) AfterCreateTable(ctx context.Context, query *bun.CreateTableQuery) error {
	db := query.DB()
	if _, err := db.NewCreateIndex().IfNotExists().Model((*hooked)(nil)).Index("ix_hooked_owner").Column("owner_id").Exec(ctx); err != nil {
		return err
	}
	if _, err := db.NewCreateIndex().Unique().Model((*hooked)(nil)).Index("ix_hooked_email").ColumnExpr("lower(email) DESC").
		Where("deleted_at IS NULL").Exec(ctx); err != nil {
		return err
	}
	if _, err := db.NewCreateIndex().Table("others").Index("ix_other").Column("a").Exec(ctx); err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, "CREATE TRIGGER t AFTER INSERT ON hooked EXECUTE FUNCTION f()"); err != nil {
		return err
	}
	count, err := db.NewSelect().Model((*hooked)(nil)).ColumnExpr("1").Exec(ctx)
	_ = count
	return err
}

type hookPartitioned struct {
	bun.BaseModel `bun:"table:hook_partitioned"`
	ID            int64 `bun:",pk"`
}

func (*hookPartitioned) BeforeCreateTable(_ context.Context, query *bun.CreateTableQuery) error {
	query.PartitionBy("RANGE (id)").TableSpace("fast")
	return nil
}

type hookPanics struct {
	bun.BaseModel `bun:"table:hook_panics"`
	ID            int64 `bun:",pk"`
}

var globalDB *bun.DB

func (*hookPanics) AfterCreateTable(ctx context.Context, _ *bun.CreateTableQuery) error {
	_, err := globalDB.NewCreateIndex().Model((*hookPanics)(nil)).Index("x").Column("id").Exec(ctx)
	return err
}

type hookFails struct {
	bun.BaseModel `bun:"table:hook_fails"`
	ID            int64 `bun:",pk"`
}

func (*hookFails) AfterCreateTable(ctx context.Context, query *bun.CreateTableQuery) error {
	if _, err := query.DB().ExecContext(ctx, `CREATE INDEX ix_kept ON hook_fails (id)`); err != nil {
		return err
	}
	return errors.New("no such user")
}

func TestHooks(t *testing.T) {
	for _, dialect := range []schema.Dialect{schema.Postgres, schema.SQLite} {
		s, diagnostics := read(t, dialect, reflect.Options{}, (*hooked)(nil))
		table := s.Table(schema.Name{Name: "hooked"})
		var out strings.Builder
		describeTable(&out, table)
		for _, want := range []string{
			"index ix_hooked_owner (owner_id)",
			"unique index ix_hooked_email ((lower(email)) desc) where deleted_at IS NULL",
			"check hooked_ck: id > 0",
			"foreign key hooked_owner_id_fkey (owner_id) -> owners (id) delete CASCADE",
		} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s: no %q in\n%s", dialect, want, out.String())
			}
		}
		var texts []string
		for _, d := range diagnostics {
			texts = append(texts, d.ID+": "+d.Text)
		}
		quote := `\"`
		want := []string{
			`hook-statement: a hook around CREATE TABLE runs "CREATE INDEX ` + quote + "ix_other" + quote + ` ON ` + quote + "others" + quote + ` (` + quote + "a" + quote + `)", which is left out: it is on another table, others`,
			`hook-statement: a hook around CREATE TABLE runs "CREATE TRIGGER t AFTER INSERT ON hooked EXECUTE FUNCTION f()", which is left out: Retort does not describe such a statement`,
			"target-not-reflected: the foreign key refers to owners, which no model describes",
		}
		if strings.Join(texts, "\n") != strings.Join(want, "\n") {
			t.Errorf("%s: diagnostics\n%s\nwant\n%s", dialect, strings.Join(texts, "\n"), strings.Join(want, "\n"))
		}
	}
}

func TestHookTable(t *testing.T) {
	s, diagnostics := read(t, schema.Postgres, reflect.Options{}, (*hookPartitioned)(nil))
	same(t, describe(s), `
		table hook_partitioned options tablespace=fast
		  partition by RANGE (id)
		  id bigint not null
		  primary key hook_partitioned_pkey (id)`)
	if len(diagnostics) > 0 {
		t.Errorf("diagnostics: %v", diagnostics)
	}
}

func TestHookFailures(t *testing.T) {
	for _, dialect := range schema.Dialects {
		s, diagnostics := read(t, dialect, reflect.Options{}, (*hookPanics)(nil), (*hookFails)(nil))
		if s.Table(schema.Name{Name: "hook_fails"}).Index("ix_kept") == nil {
			t.Errorf("%s: what the hook did before it failed is lost", dialect)
		}
		if len(diagnostics) != 2 || diagnostics[0].ID != reflect.HookFailed || diagnostics[1].ID != reflect.HookFailed {
			t.Fatalf("%s: diagnostics %v", dialect, diagnostics)
		}
		if text := diagnostics[0].Text; diagnostics[0].Model != "reflect_test.hookFails" || !strings.Contains(text, "returns an error") || !strings.Contains(text, "no such user") {
			t.Errorf("%s: %s", dialect, diagnostics[0])
		}
		if text := diagnostics[1].Text; diagnostics[1].Model != "reflect_test.hookPanics" || !strings.Contains(text, "panics") {
			t.Errorf("%s: %s", dialect, diagnostics[1])
		}
	}
}
