package versions_test

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"os"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	_ "modernc.org/sqlite" // the driver of the examples

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/versions"
)

// exampleRevisions are what the files of a project's migrations package add.
func exampleRevisions() *versions.Set {
	set := &versions.Set{}
	set.Add(versions.Revision{ID: "ae1027a6acf0", Message: "add users", Upgrade: func(m *op.Migration) {
		m.CreateTable("users", op.Column("id", "integer").NotNull(), op.Column("name", "varchar(50)"), op.PrimaryKey("id"))
	}})
	set.Add(versions.Revision{ID: "1975ea83b712", Revises: versions.After("ae1027a6acf0"), Message: "fill in names", Upgrade: func(m *op.Migration) {
		m.Run("invent names", func(ctx context.Context, db bun.IDB) error {
			_, err := db.NewInsert().Table("users").Model(&map[string]any{"id": 1, "name": "Ada"}).Exec(ctx)
			return err
		})
	}})
	return set
}

func exampleDatabase() *bun.DB {
	sqldb, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		panic(err)
	}
	sqldb.SetMaxOpenConns(1)
	return bun.NewDB(sqldb, sqlitedialect.New())
}

// A program upgrades its database when it starts. Several of its replicas may do so at the same time.
func ExampleUpgrade() {
	ctx, db := context.Background(), exampleDatabase()
	defer func() { _ = db.Close() }()
	err := versions.Upgrade(ctx, db, exampleRevisions(), "head", versions.Options{Events: func(event versions.Event) {
		if event.Kind == versions.EventDone {
			fmt.Println("applied", event.Revision, event.Message)
		}
	}})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// applied ae1027a6acf0 add users
	// applied 1975ea83b712 fill in names
}

// In a transaction of its own the program decides whether what was done stays.
func ExampleUpgrade_transaction() {
	ctx, db := context.Background(), exampleDatabase()
	defer func() { _ = db.Close() }()
	err := db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := versions.Upgrade(ctx, tx, exampleRevisions(), "head", versions.Options{}); err != nil {
			return err
		}
		count, err := tx.NewSelect().Table("users").Count(ctx)
		if err != nil {
			return err
		}
		return fmt.Errorf("%d users are not enough", count)
	})
	fmt.Println(err)
	fmt.Println(versions.Current(ctx, db, versions.Options{}))
	// Output:
	// 1 users are not enough
	// [] <nil>
}

// Hooks are called around runs and revisions, also by the command line.
func ExampleSet_Hook() {
	ctx, db := context.Background(), exampleDatabase()
	defer func() { _ = db.Close() }()
	set := exampleRevisions()
	set.Hook(versions.Hooks{
		BeforeRevision: func(ctx context.Context, db bun.IDB, step versions.Step) error {
			fmt.Println("before", step.ID)
			return nil
		},
		AfterRun: func(ctx context.Context, db bun.IDB, steps []versions.Step, err error) error {
			fmt.Println("after", len(steps), "revisions:", err)
			return nil
		},
	})
	if err := versions.Upgrade(ctx, db, set, "head", versions.Options{}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// before ae1027a6acf0
	// before 1975ea83b712
	// after 2 revisions: <nil>
}

// The events of a run go to a logger.
func ExampleLog() {
	ctx, db := context.Background(), exampleDatabase()
	defer func() { _ = db.Close() }()
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Key == "elapsed" {
			return slog.Attr{}
		}
		return a
	}}))
	if err := versions.Upgrade(ctx, db, exampleRevisions(), "+1", versions.Options{Events: versions.Log(logger)}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// level=INFO msg="migration plan" steps=1
	// level=INFO msg="migration start" revision=ae1027a6acf0 message="add users" direction=upgrade steps=1
	// level=INFO msg="migration done" revision=ae1027a6acf0 message="add users" direction=upgrade step=1 steps=1
}
