// Package reflect reads bun models into a [schema.Schema], and finds the models of a Go module.
//
// [Models] asks bun itself what its tags mean: models are registered with a private instance of bun's dialect, so that
// columns, types, keys and relations are those of bun's own CREATE TABLE. What bun has no words for (indexes, checks,
// comments and so on) comes from a second struct tag, ddl:"…", from a model's method DDL(*schema.Declaration), and from
// the statements that its BeforeCreateTable and AfterCreateTable hooks run. docs/models.md is the reference for users.
//
// [Discover] finds models without compiling anything: it parses the module's files and decides by a few syntactic rules
// which structs are tables.
//
// A program imports one of the sub-packages reflect/postgres, reflect/mysql and reflect/sqlite for each dialect that it
// reads models for: bun insists on dialects of exactly its own version, so no program should link one it does not use.
package reflect
