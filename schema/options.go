package schema

import (
	"slices"
	"strings"
)

// Options holds the attributes that one engine alone knows, such as MySQL's ENGINE or SQLite's STRICT, by key. The keys
// are listed beside each engine's reader in package introspect. Entries are kept sorted by key, so that equal sets are
// equal values. The zero value is empty.
type Options []Option

// Option is one attribute. Value is empty for an attribute that is just present.
type Option struct {
	Key   string `json:"key"`
	Value string `json:"value,omitempty"`
}

// The option keys that more than one package has to know. Where no value is named, the option is just present.
const (
	// Tables, PostgreSQL.
	OptionUnlogged     = "unlogged"
	OptionTablespace   = "tablespace"
	OptionAccessMethod = "access_method"
	OptionWith         = "with" // storage parameters, "fillfactor=70, autovacuum_enabled=false"; tables and indexes
	// OptionRowSecurity is "ENABLE", or "FORCE" where the owner is subject to the policies too.
	OptionRowSecurity     = "row_security"
	OptionReplicaIdentity = "replica_identity" // "FULL", "NOTHING" or `USING INDEX "name"`
	OptionClusterOn       = "cluster_on"       // the name of the index by which CLUSTER orders the table

	// Tables, MySQL.
	OptionEngine          = "engine"
	OptionCharset         = "charset"
	OptionCollation       = "collation"
	OptionRowFormat       = "row_format"
	OptionSystemVersioned = "system_versioned"
	OptionCreate          = "create_options" // other create options, verbatim

	// Tables, SQLite.
	OptionStrict       = "strict"
	OptionWithoutRowID = "without_rowid"

	// Columns, MySQL.
	OptionOnUpdate  = "on_update" // CURRENT_TIMESTAMP(6)
	OptionInvisible = "invisible" // columns and indexes
	OptionSRID      = "srid"      // spatial columns

	// Triggers and routines, MySQL: the sql_mode under which the body is read and run, where it is not the server's own.
	OptionSQLMode = "sql_mode"

	// Checks, MariaDB: the column whose definition holds the check, and with which it is altered and dropped.
	OptionColumn = "column"

	// Columns, PostgreSQL.
	OptionStorage     = "storage"
	OptionCompression = "compression"
	OptionStatistics  = "statistics"
	OptionInherited   = "inherited" // the column comes from the parent of an inheritance or a partition

	// Primary keys and unique constraints, PostgreSQL 18: WITHOUT OVERLAPS.
	OptionWithoutOverlaps = "without_overlaps"

	// Columns and keys, SQLite: the conflict clause, such as REPLACE. For columns it is that of NOT NULL.
	OptionOnConflict = "on_conflict"

	// Indexes, MySQL.
	OptionParser       = "parser"
	OptionKeyBlockSize = "key_block_size"
)

// Get returns the value of the option and whether it is set.
func (o Options) Get(key string) (string, bool) {
	at, found := slices.BinarySearchFunc(o, key, compareKey)
	if !found {
		return "", false
	}
	return o[at].Value, true
}

// Has reports whether the option is set.
func (o Options) Has(key string) bool {
	_, found := o.Get(key)
	return found
}

// Value returns the value of the option, or "" if it is not set.
func (o Options) Value(key string) string {
	value, _ := o.Get(key)
	return value
}

// Set sets the option, in its sorted place.
func (o *Options) Set(key, value string) {
	at, found := slices.BinarySearchFunc(*o, key, compareKey)
	if found {
		(*o)[at].Value = value
		return
	}
	*o = slices.Insert(*o, at, Option{Key: key, Value: value})
}

// Delete removes the option if it is set.
func (o *Options) Delete(key string) {
	if at, found := slices.BinarySearchFunc(*o, key, compareKey); found {
		*o = slices.Delete(*o, at, at+1)
	}
}

// String returns the options as "engine=InnoDB, strict", for messages.
func (o Options) String() string {
	parts := make([]string, len(o))
	for i, option := range o {
		parts[i] = option.Key
		if option.Value != "" {
			parts[i] += "=" + option.Value
		}
	}
	return strings.Join(parts, ", ")
}

func compareKey(option Option, key string) int { return strings.Compare(option.Key, key) }
