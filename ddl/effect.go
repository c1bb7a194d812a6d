package ddl

import (
	"strings"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// Effect is what carrying out an operation costs the database: which tables are locked, and how long, as far as that grows
// with the size of a table. [EffectOf] tells it.
type Effect struct {
	// Locks lists what is locked, the operation's own table first. On SQLite it is the one lock of the database, whose
	// table is the zero name. MySQL takes its metadata lock on the table for a moment at the begin and the end of every
	// ALTER TABLE; listed is the lock in between.
	Locks []TableLock `json:"locks,omitempty"`
	// Rewrites says that the table is copied: time and space grow with it.
	Rewrites bool `json:"rewrites,omitempty"`
	// Scans says that every row is read.
	Scans bool `json:"scans,omitempty"`
	// Builds says that an index is built: every row is read and sorted.
	Builds bool `json:"builds,omitempty"`
	// Algorithm is MySQL's and MariaDB's word for the way, the cheapest that the server accepts: INSTANT, NOCOPY, INPLACE or
	// COPY. It is empty for statements that take none.
	Algorithm string `json:"algorithm,omitempty"`
	// Transactional says that the operation can be rolled back with the transaction that it runs in.
	Transactional bool `json:"transactional,omitempty"`
	// Reason says why the table is copied, read or locked, where that is not obvious: "integer values are stored unlike
	// bigint".
	Reason string `json:"reason,omitempty"`
}

// TableLock is a lock of one table.
type TableLock struct {
	Table schema.Name `json:"table,omitzero"`
	// Mode is the engine's word: "ACCESS EXCLUSIVE", "LOCK=SHARED", "RESERVED".
	Mode string `json:"mode"`
	// Blocks says what others cannot do meanwhile.
	Blocks Access `json:"blocks,omitempty"`
}

// Access is what a lock keeps others from.
type Access string

// The kinds of access, in rising order of what is blocked.
const (
	BlocksNothing Access = ""
	BlocksSchema  Access = "schema changes" // and maintenance, such as VACUUM
	BlocksWrites  Access = "writes"
	BlocksAll     Access = "reads and writes"
)

// Less reports whether a keeps others from less than b does.
func (a Access) Less(b Access) bool { return a.rank() < b.rank() }

func (a Access) rank() int {
	switch a {
	case BlocksSchema:
		return 1
	case BlocksWrites:
		return 2
	case BlocksAll:
		return 3
	}
	return 0
}

// Long reports whether the time that the operation takes grows with the table.
func (e Effect) Long() bool { return e.Rewrites || e.Scans || e.Builds }

// Lock returns the lock of the operation's own table, the first of Locks, or the zero value.
func (e Effect) Lock() TableLock {
	if len(e.Locks) == 0 {
		return TableLock{}
	}
	return e.Locks[0]
}

// Blocks returns the most that any of the locks keeps others from.
func (e Effect) Blocks() Access {
	most := BlocksNothing
	for _, lock := range e.Locks {
		if most.Less(lock.Blocks) {
			most = lock.Blocks
		}
	}
	return most
}

// EffectOf tells what carrying out an operation costs, given the schema before it, which is not changed (nil is an empty
// one). A zero version of the server stands for the newest; [Oldest] is the cautious one.
//
// The facts were measured, and the package's tests measure them again: on PostgreSQL by pg_locks and the server's reports
// of rewrites and scans, on MySQL and MariaDB by asking for the ALGORITHM and LOCK and for the next cheaper one. What
// could not be told from the operation alone (a function whose volatility is unknown, a session's time zone) is taken to
// be the costly case. Data steps in SQL or Go may do anything; of them only the transaction is told.
func EffectOf(server schema.Server, before *schema.Schema, operation op.Operation) Effect {
	if before == nil {
		before = schema.New(server)
	}
	switch server.Dialect {
	case schema.Postgres:
		return postgresEffect(server, before, operation)
	case schema.MySQL:
		return mysqlEffect(server, before, operation)
	case schema.SQLite:
		return sqliteEffect(server, before, operation)
	}
	return Effect{}
}

// Oldest returns the server with the oldest version that Retort supports, if its version is not known.
func Oldest(server schema.Server) schema.Server {
	if !server.Version.IsZero() {
		return server
	}
	switch {
	case server.Dialect == schema.Postgres:
		server.Version = schema.Version{Major: 12}
	case server.Flavor == schema.MariaDB:
		server.Version = schema.Version{Major: 10, Minor: 6}
	case server.Dialect == schema.MySQL:
		server.Version = schema.Version{Major: 8, Patch: 16}
	case server.Dialect == schema.SQLite:
		server.Version = schema.Version{Major: 3, Minor: 35}
	}
	return server
}

// join adds the effect of a step that goes into the same statement or transaction.
func (e *Effect) join(other Effect) {
	for _, lock := range other.Locks {
		e.lock(lock)
	}
	e.Rewrites = e.Rewrites || other.Rewrites
	e.Scans = e.Scans || other.Scans
	e.Builds = e.Builds || other.Builds
	e.Transactional = e.Transactional && other.Transactional
	if e.Reason == "" {
		e.Reason = other.Reason
	} else if other.Reason != "" && !strings.Contains(e.Reason, other.Reason) {
		e.Reason += "; " + other.Reason
	}
}

// lock adds a lock; of two on one table the stronger stays.
func (e *Effect) lock(lock TableLock) {
	for i, held := range e.Locks {
		if held.Table == lock.Table {
			if held.Blocks.Less(lock.Blocks) {
				e.Locks[i] = lock
			}
			return
		}
	}
	e.Locks = append(e.Locks, lock)
}

// sqliteEffect: whatever writes locks the whole database against other writers until the transaction ends. In the rollback
// journal's mode readers wait for the commit, too.
func sqliteEffect(server schema.Server, before *schema.Schema, operation op.Operation) Effect {
	effect := Effect{Locks: []TableLock{{Mode: "RESERVED", Blocks: BlocksWrites}}, Transactional: true}
	statements, err := Compile(server, onlyTable(before, operation.Subject()), []op.Operation{operation})
	if err != nil {
		return effect
	}
	if len(statements) == 0 {
		return Effect{Transactional: true}
	}
	for _, statement := range statements {
		effect.Transactional = effect.Transactional && !statement.OutsideTransaction
		if strings.HasPrefix(statement.Describe, "rebuild ") {
			effect.Rewrites, effect.Reason = true, "its ALTER TABLE cannot do that"
		}
		if strings.HasPrefix(statement.SQL, "CREATE INDEX") || strings.HasPrefix(statement.SQL, "CREATE UNIQUE INDEX") {
			effect.Builds = true
		}
	}
	if _, creates := operation.(*op.CreateTable); creates {
		effect.Builds = false // of no rows
	}
	return effect
}

// onlyTable returns a schema that holds one table of another.
func onlyTable(s *schema.Schema, name schema.Name) *schema.Schema {
	alone := schema.New(s.Server)
	if table := s.Table(name); table != nil {
		alone.Tables.Add(table)
	}
	return alone
}
