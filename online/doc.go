// Package online writes a plan so that other sessions can go on reading and writing while it runs (Rewrite), and splits it
// where code has to be deployed in between (Split).
//
// Both take operations with the schema before them and return operations that lead to the same schema. They compute only;
// what they cannot help is in the notes that they return.
package online
