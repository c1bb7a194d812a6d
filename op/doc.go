// Package op is the vocabulary of schema changes: operations as data, and the recorder that revision files talk to.
//
// A revision does not run SQL. Its functions receive a [*Migration] and record operations on it; the runner, the linter,
// the drift check and the renderer then all read the same list ([Record]). Each [Operation] knows its effect on a
// [schema.Schema] (Apply) and its reverse (Reverse); how it is spelled in SQL is the business of package ddl.
//
//	func upgrade(m *op.Migration) {
//		m.CreateTable("projects",
//			op.Column("id", "bigint").NotNull().AutoIncrement(),
//			op.Column("name", "varchar(100)").NotNull(),
//			op.Column("owner_id", "bigint"),
//			op.PrimaryKey("id"),
//			op.ForeignKey("owner_id").References("users", "id").OnDelete("CASCADE"),
//		)
//		m.CreateIndex("ix_projects_owner_id", "projects", "owner_id")
//	}
//
// # Names
//
// Tables and other objects are named by text, "orders" or "sales.orders", as [schema.ParseName] reads it.
//
// # Engines
//
// Recording runs once for each engine. What differs is given with [PerEngine] values, or as steps of one engine inside
// [Migration.On].
package op
