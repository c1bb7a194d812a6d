// Package render writes what operations mean for people: the Go source of a revision file, a summary for a terminal, a
// script of SQL, a diagram, remarks for code platforms.
//
// A revision file is built as a small tree of calls on the recorder of package op ([Revision]). The tree is written with
// jennifer, and it is also carried out: what it records, for each engine, is compared with the operations that it was
// built from before a byte is returned. What a file cannot hold (a Go function inside a step) is an error that names it.
//
// The package computes only: the same input gives the same bytes.
package render
