package ddl

import (
	"slices"
	"strings"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// mysqlOnline is how a change lets other sessions go on.
type mysqlOnline struct {
	// clause is what the statement ends in; empty if the change was not asked to be online, or cannot be.
	clause string
	// obstacle says what the server does instead.
	obstacle string
}

// MySQLOnline returns the clause with which a MySQL or MariaDB server carries out a change of a table while other
// sessions read and write it, and refuses it rather than block them; or else the reason why it has none. Both are empty
// for an operation that takes no such clause, such as the creation of a table. The schema before the operation is not
// changed.
func MySQLOnline(server schema.Server, before *schema.Schema, operation op.Operation) (clause, obstacle string) {
	if before.Table(operation.Subject()) == nil || !takesOnline(operation) {
		return "", ""
	}
	effect := EffectOf(server, before, operation)
	if c := (&mysqlCompiler{server: server}); !effect.Lock().Blocks.Less(BlocksWrites) && c.copiesOnline(before.Table(operation.Subject())) {
		return "LOCK=NONE", "" // costs more than the cheapest way, and lets others write
	}
	switch {
	case !effect.Lock().Blocks.Less(BlocksWrites):
		obstacle = "writes wait while the table is " + map[bool]string{true: "copied", false: "read"}[effect.Rewrites]
		if effect.Reason != "" {
			obstacle += ": " + effect.Reason
		}
		return "", obstacle
	case effect.Algorithm == "INSTANT":
		return "ALGORITHM=INSTANT", "" // MySQL takes no LOCK beside it
	case effect.Algorithm == "COPY":
		return "LOCK=NONE", ""
	}
	return "ALGORITHM=INPLACE, LOCK=NONE", "" // or better, on MariaDB
}

// takesOnline reports whether an operation can be marked to be carried out online.
func takesOnline(operation op.Operation) bool {
	switch operation.(type) {
	case *op.AddColumn, *op.DropColumn, *op.AlterColumn, *op.AddConstraint, *op.CreateIndex, *op.DropIndex:
		return true
	}
	return false
}

// onlineIfWanted returns how a change is carried out that may have been marked to be online.
func (c *mysqlCompiler) onlineIfWanted(operation op.Operation) mysqlOnline {
	wanted := false
	switch o := operation.(type) {
	case *op.AddColumn:
		wanted = o.Online
	case *op.DropColumn:
		wanted = o.Online
	case *op.AlterColumn:
		wanted = o.Online
	case *op.AddConstraint:
		wanted = o.Online
	case *op.CreateIndex:
		wanted = o.Concurrently
	case *op.DropIndex:
		wanted = o.Concurrently
	}
	if !wanted {
		return mysqlOnline{}
	}
	clause, obstacle := MySQLOnline(c.server, c.state, operation)
	return mysqlOnline{clause: clause, obstacle: obstacle}
}

// copiesOnline reports whether the server applies to a copy of the table what others write meanwhile. MariaDB does since
// 11.2, but for tables that a foreign key may write to ("Online ALTER … COPY" in its documentation).
func (c *mysqlCompiler) copiesOnline(table *schema.Table) bool {
	return c.isMariaDB() && c.server.Version.AtLeast(11, 2, 0) && !slices.ContainsFunc(table.ForeignKeys, func(key *schema.ForeignKey) bool {
		return key.OnDelete != schema.NoAction && key.OnDelete != schema.Restrict || key.OnUpdate != schema.NoAction && key.OnUpdate != schema.Restrict
	})
}

// hasFulltext reports whether a table has a FULLTEXT index, other than on the given columns alone.
func hasFulltext(table *schema.Table, except ...string) bool {
	return slices.ContainsFunc(table.Indexes, func(index *schema.Index) bool {
		return strings.EqualFold(index.Method, "fulltext") && slices.ContainsFunc(index.Parts, func(part schema.IndexPart) bool {
			return !slices.Contains(except, part.Column)
		})
	})
}

func hasIndexedVirtual(table *schema.Table) bool {
	return slices.ContainsFunc(table.Columns, func(column *schema.Column) bool { return isVirtual(column) && isIndexed(table, column.Name) })
}

// keepsGenerated reports whether values of generated columns are stored, in the table or in an index.
func keepsGenerated(table *schema.Table) bool {
	return hasIndexedVirtual(table) || slices.ContainsFunc(table.Columns, func(column *schema.Column) bool {
		return column.Generated != nil && column.Generated.Stored
	})
}
