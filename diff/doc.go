// Package diff compares two schemas and works out the operations that lead from the one to the other.
//
// # What is compared
//
// Every attribute of [schema.Schema]. Names, presence and order decide by themselves; types, defaults and expressions are
// text that a server rewrites, so two spellings are compared in three steps: equal text, equal by [Equality] (what ddl
// knows without a server), equal as the same server reads both back ([Options.Canonical]). A difference that rests on the
// first two alone is listed in [Plan.Uncertain] with its table: the caller can create those tables in scratch space, read
// them back, and ask again.
//
// # Whose objects
//
// With [Options.Owned], the schema that the revisions made, an object of the current schema that the target lacks is
// dropped only if the revisions made it. Everything else is foreign: listed in [Plan.Foreign] and left alone. Without
// Owned (two databases, two files) everything counts.
//
// # Order
//
// The operations form one dependency graph (creators before users, users before those that take away, takers before
// makers of the same name), and are sorted along it; ties go by phase, table and name, so the same input gives the same
// plan.
//
// # Renames
//
// A column, table or enum value that went and one that came may be one that was renamed. What the user or the model states
// is certain and becomes a rename. What only looks so is scored, see [Rename]; it is kept as drop and add, and flagged.
//
// # What stands in the way
//
// Engines refuse changes of things that others are made of. Those others (generated columns, foreign keys, views, triggers,
// columns of a domain) are dropped before and come back after, as operations of the plan that a reviewer sees. What cannot
// come back, or cannot be changed at all, is a finding.
package diff
