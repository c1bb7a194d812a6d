package op_test

import (
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

func ExampleCreateIndexStep() {
	show(op.Postgres, func(m *op.Migration) {
		m.CreateIndex("ix_users_email", "users").Unique().IfNotExists().
			Parts(op.Expr("lower(email)").Collate("C"), op.Part("seen_at").Desc().NullsLast(), op.Part("left_at").NullsFirst()).
			Include("name").NullsNotDistinct().Option(schema.OptionWith, "fillfactor=70").Comment("for the login")
		m.CreateIndex("ix_users_old", "users", "old").Unmanaged()
		m.DropIndex("ix_users_pager", "users").IfExists()
	})
	show(op.MySQL, func(m *op.Migration) {
		m.CreateIndex("ix_posts_body", "posts", "body").On(op.MySQL, func(s *op.CreateIndexStep) { s.Using("fulltext") })
		m.CreateIndex("ix_posts_url", "posts").Parts(op.Part("url").Prefix(20))
	})
	// Output:
	// create unique index ix_users_email on users (lower(email), seen_at, left_at)
	// create index ix_users_old on users (old)
	// drop index ix_users_pager on users
	// create index ix_posts_body on posts (body)
	// create index ix_posts_url on posts (url)
}
