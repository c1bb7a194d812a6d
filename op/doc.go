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
// # Vocabulary
//
// Each group has its examples, and every name is in one of them.
//
//   - Tables: [Migration.CreateTable] from each [TableElement], [Migration.RenameTable], [Migration.AlterTable],
//     [Migration.DropTable]; several changes of one table at once: [Migration.BatchAlterTable].
//   - Columns: [Column], [Migration.AddColumn], [Migration.AlterColumn], [Migration.RenameColumn], [Migration.DropColumn].
//   - Constraints: [PrimaryKey], [Unique], [ForeignKey], [Check] and [Exclude] for [Migration.AddConstraint],
//     [Migration.ValidateConstraint], [Migration.RenameConstraint], [Migration.DropConstraint].
//   - Indexes: [Migration.CreateIndex] over a [Part] or [Expr], [Migration.RenameIndex], [Migration.DropIndex].
//   - Types and other objects: [Migration.CreateEnum], [Migration.CreateDomain], [Migration.CreateComposite],
//     [Migration.CreateSequence], [Migration.CreateNamespace], [Migration.CreateExtension], [Migration.CreateStatistics].
//   - Views and routines: [Migration.CreateView], [Migration.CreateFunction], [Migration.CreateTrigger].
//   - Data: [Migration.Insert], [Migration.Exec], [Migration.Run], [Migration.Backfill].
//   - What cannot be undone: [Migration.Irreversible]. Operations of your own: [Migration.Do] with a [Custom].
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
