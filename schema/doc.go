// Package schema is the one model of a database schema that every other package shares.
//
// A [Schema] holds the objects of one database as plain values: tables with their columns, keys, indexes and
// checks, and the free-standing objects (enums, sequences, views and so on). It is filled by three readers: package
// reflect (from bun models), package introspect (from a live database) and the replay of revisions (package op).
// It contains no SQL generation and performs no input or output.
//
// # Texts
//
// Types, defaults and expressions are SQL text in the words of the schema's engine. Readers keep the text they were
// given; equality of two spellings ("int" and "integer") is not decided here but by package ddl, or by the server.
//
// # Names
//
// A [Name] without a Schema part lives in the schema's default namespace ([Schema.DefaultNamespace]): the first entry
// of search_path on PostgreSQL, the current database on MySQL, "main" on SQLite. Readers leave the part empty for
// objects of the default namespace, so that the same models fit a database whatever its name is.
package schema
