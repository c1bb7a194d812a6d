package ddl

import (
	"slices"
	"strconv"
	"strings"

	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// The clauses that make the server refuse a change that would block others. They were tried, one change at a time, on
// MySQL 9.7, MariaDB 10.11 and MariaDB 11.8; what earlier versions lack is from the manual ("Online DDL Operations").
const (
	mysqlAtOnce    = "ALGORITHM=INSTANT"            // MySQL takes no LOCK beside it
	mysqlInPlace   = "ALGORITHM=INPLACE, LOCK=NONE" // or better, on MariaDB
	mysqlUnblocked = "LOCK=NONE"                    // whatever the server has for it
)

// mysqlOnline is how a change lets other sessions go on.
type mysqlOnline struct {
	// clause is what the statement ends in; empty if the change was not asked to be online, or cannot be.
	clause string
	// obstacle says what the server does instead.
	obstacle string
}

func onlineAs(clause string) mysqlOnline { return mysqlOnline{clause: clause} }

// MySQLOnline returns the clause with which a MySQL or MariaDB server carries out a change of a table while other
// sessions read and write it, or else the reason why it cannot. Both are empty for an operation that has no such form,
// such as the creation of a table. The schema before the operation is needed, and is not changed.
func MySQLOnline(server schema.Server, before *schema.Schema, operation op.Operation) (clause, obstacle string) {
	c := &mysqlCompiler{server: server, state: before}
	table := before.Table(operation.Subject())
	if table == nil {
		return "", ""
	}
	online := c.online(operation, table)
	return online.clause, online.obstacle
}

// onlineIfWanted returns how a change is carried out that may have been asked to be online.
func (c *mysqlCompiler) onlineIfWanted(operation op.Operation, name schema.Name) mysqlOnline {
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
	table := c.state.Table(name)
	if !wanted || table == nil {
		return mysqlOnline{}
	}
	return c.online(operation, table)
}

func (c *mysqlCompiler) online(operation op.Operation, table *schema.Table) mysqlOnline {
	var found mysqlOnline
	switch o := operation.(type) {
	case *op.AddColumn:
		found = c.onlineAddition(o, table)
	case *op.DropColumn:
		found = c.onlineDrop(o, table)
	case *op.AlterColumn:
		found = c.onlineAlteration(o, table)
	case *op.AddConstraint:
		found = c.onlineConstraint(o, table)
	case *op.CreateIndex:
		found = c.onlineIndex(o)
	case *op.DropIndex:
		return onlineAs(mysqlInPlace)
	default:
		return mysqlOnline{}
	}
	if found.clause == "" && c.copiesOnline(table) {
		return onlineAs(mysqlUnblocked)
	}
	return found
}

// copiesOnline reports whether the server applies to a copy of the table what others write meanwhile. MariaDB does since
// 11.2, but for tables that a foreign key may write to ("Online ALTER … COPY" in its documentation).
func (c *mysqlCompiler) copiesOnline(table *schema.Table) bool {
	return c.isMariaDB() && c.server.Version.AtLeast(11, 2, 0) && !slices.ContainsFunc(table.ForeignKeys, func(key *schema.ForeignKey) bool {
		return key.OnDelete != schema.NoAction && key.OnDelete != schema.Restrict || key.OnUpdate != schema.NoAction && key.OnUpdate != schema.Restrict
	})
}

func copied(reason string) mysqlOnline {
	return mysqlOnline{obstacle: "the server copies the table, and writes wait: " + reason}
}

// instant reports whether columns of a table are added and dropped without touching its rows.
func (c *mysqlCompiler) instant(table *schema.Table, since schema.Version) bool {
	return c.server.Version.AtLeast(since.Major, since.Minor, since.Patch) &&
		!strings.EqualFold(table.Options.Value(schema.OptionRowFormat), "compressed")
}

var (
	rebuiltWithFulltext = mysqlOnline{obstacle: "the server builds the table anew with its FULLTEXT index, and writes wait"}
	rebuiltWithVirtual  = mysqlOnline{obstacle: "the server builds the table anew with its index on a virtual column, and writes wait"}
)

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

func (c *mysqlCompiler) onlineAddition(o *op.AddColumn, table *schema.Table) mysqlOnline {
	column := o.Column
	since := schema.Version{Major: 8, Minor: 0, Patch: 12}
	if o.Position != (op.Position{}) {
		since.Patch = 29
	}
	if c.isMariaDB() {
		since = schema.Version{Major: 10, Minor: 4}
	}
	switch {
	case column.Identity != nil:
		return mysqlOnline{obstacle: "the server numbers the rows, and writes wait"}
	case column.Generated != nil && column.Generated.Stored:
		return copied("a stored generated column is computed for every row; a virtual one is not")
	case column.Generated != nil:
		return onlineAs(mysqlAtOnce)
	case column.Default != "" && !isDefaultLiteral(column.Default) && mysqlNowText.FindString(column.Default) == "":
		return copied("the default " + column.Default + " is computed for every row")
	case hasFulltext(table):
		return rebuiltWithFulltext
	case c.isMariaDB() && hasIndexedVirtual(table):
		return rebuiltWithVirtual
	case c.isMariaDB() && o.Position != (op.Position{}) && hasVirtual(table):
		return copied("it cannot place a column beside generated ones; leave the place out")
	case c.instant(table, since):
		return onlineAs(mysqlAtOnce)
	}
	return onlineAs(mysqlInPlace)
}

func (c *mysqlCompiler) onlineDrop(o *op.DropColumn, table *schema.Table) mysqlOnline {
	column := table.Column(o.Name)
	if column == nil {
		return mysqlOnline{}
	}
	since := schema.Version{Major: 8, Minor: 0, Patch: 29}
	if c.isMariaDB() {
		since = schema.Version{Major: 10, Minor: 4}
	}
	switch {
	case isVirtual(column) && !isIndexed(table, o.Name):
		return onlineAs(mysqlAtOnce)
	case isVirtual(column):
		return onlineAs(mysqlInPlace)
	case c.isMariaDB() && hasIndexedVirtual(table):
		return rebuiltWithVirtual
	case hasFulltext(table, o.Name):
		return rebuiltWithFulltext
	case isIndexed(table, o.Name) || !c.instant(table, since):
		return onlineAs(mysqlInPlace)
	}
	return onlineAs(mysqlAtOnce)
}

func (c *mysqlCompiler) onlineConstraint(o *op.AddConstraint, table *schema.Table) mysqlOnline {
	switch {
	case o.Unique != nil:
		return onlineAs(mysqlInPlace)
	case o.PrimaryKey != nil:
		return c.onlineRebuild(table)
	case o.ForeignKey != nil:
		return copied("it checks the rows of a new foreign key only so")
	}
	return copied("it checks the rows of a new check only so")
}

func (c *mysqlCompiler) onlineIndex(o *op.CreateIndex) mysqlOnline {
	method := strings.ToLower(o.Index.Method)
	computed := slices.ContainsFunc(o.Index.Parts, func(part schema.IndexPart) bool { return part.Expr != "" })
	switch {
	case method != "" && method != "btree" && method != "hash":
		return mysqlOnline{obstacle: "while the server builds a " + strings.ToUpper(method) + " index, writes wait"}
	case computed:
		return mysqlOnline{obstacle: "while the server builds an index on an expression, writes wait; add a virtual column and index that"}
	}
	return onlineAs(mysqlInPlace)
}

// onlineAlteration returns the clause that fits all attributes that change.
func (c *mysqlCompiler) onlineAlteration(o *op.AlterColumn, table *schema.Table) mysqlOnline {
	old := table.Column(o.Name)
	if old == nil {
		return mysqlOnline{}
	}
	column := old.Clone()
	for _, attribute := range o.Attributes {
		op.CopyAttribute(column, &o.To, attribute)
	}
	found := onlineAs(mysqlAtOnce)
	worse := func(other mysqlOnline) {
		if other.clause == "" || found.clause != "" && len(other.clause) > len(found.clause) {
			found = other
		}
	}
	if o.Position != (op.Position{}) {
		worse(c.onlineRebuild(table))
	}
	for _, attribute := range o.Attributes {
		worse(c.onlineAttribute(attribute, table, old, column))
	}
	return found
}

func (c *mysqlCompiler) onlineRebuild(table *schema.Table) mysqlOnline {
	switch {
	case hasFulltext(table):
		return rebuiltWithFulltext
	case c.isMariaDB() && hasIndexedVirtual(table):
		return rebuiltWithVirtual
	}
	return onlineAs(mysqlInPlace)
}

func (c *mysqlCompiler) onlineAttribute(attribute op.Attribute, table *schema.Table, old, column *schema.Column) mysqlOnline {
	switch attribute {
	case op.DefaultAttribute, op.CommentAttribute:
		return onlineAs(mysqlAtOnce)
	case op.NotNullAttribute:
		if column.NotNull && c.isMariaDB() && keepsGenerated(table) {
			return copied("it forbids NULL only so in a table that keeps the values of generated columns")
		}
		return c.onlineRebuild(table)
	case op.TypeAttribute:
		return c.onlineType(table, old, column)
	case op.CollationAttribute:
		if isIndexed(table, old.Name) && !c.isMariaDB() {
			return copied("the column is indexed, and the collation orders the index")
		}
		return onlineAs(mysqlInPlace)
	case op.CharsetAttribute:
		return copied("every value is converted")
	}
	if _, isOption := attribute.OptionKey(); isOption {
		return onlineAs(mysqlInPlace)
	}
	return copied("every row is computed or numbered anew")
}

// onlineType tells changes of type that leave the values as they are stored.
func (c *mysqlCompiler) onlineType(table *schema.Table, old, column *schema.Column) mysqlOnline {
	from, to := strings.ToLower(firstWord(old.Type)), strings.ToLower(firstWord(column.Type))
	converted := copied("every value is converted from " + old.Type + " to " + column.Type)
	if from != to {
		return converted
	}
	switch from {
	case "varchar":
		before, after := typeLength(old.Type), typeLength(column.Type)
		short := func(length int) bool { return length*bytesPerCharacter(table, old) <= 255 }
		switch {
		case before == 0 || after < before:
			return converted
		case c.isMariaDB() && before*bytesPerCharacter(table, old) < 128:
			return onlineAs(mysqlInPlace)
		case short(before) == short(after) && (short(after) || before > 255):
			return onlineAs(mysqlInPlace)
		case short(before) == short(after) && charsetOf(table, old) != "":
			return onlineAs(mysqlInPlace)
		}
		return copied("longer values than 255 bytes are stored in another way")
	case "enum", "set":
		before, after := typeMembers(old.Type), typeMembers(column.Type)
		limit := 255
		if from == "set" {
			limit = (len(before) + 7) / 8 * 8
		}
		if len(before) > 0 && len(after) >= len(before) && len(after) <= limit && slices.Equal(before, after[:len(before)]) {
			return onlineAs(mysqlAtOnce)
		}
	}
	return converted
}

// charsetOf returns the character set of a column's values, or "" if that is the database's.
func charsetOf(table *schema.Table, column *schema.Column) string {
	if column.Charset != "" {
		return strings.ToLower(column.Charset)
	}
	return strings.ToLower(table.Options.Value(schema.OptionCharset))
}

// bytesPerCharacter is the greatest length of a character, 4 if the character set is not known.
func bytesPerCharacter(table *schema.Table, column *schema.Column) int {
	switch charsetOf(table, column) {
	case "latin1", "latin2", "latin5", "latin7", "ascii", "binary", "cp1250", "cp1251", "cp1252", "cp1256", "cp1257", "koi8r", "koi8u":
		return 1
	case "utf8", "utf8mb3":
		return 3
	}
	return 4
}

// typeLength returns the number in varchar(40), or 0.
func typeLength(columnType string) int {
	length, err := strconv.Atoi(typePrecision(columnType))
	if err != nil {
		return 0
	}
	return length
}

// typeMembers returns the string constants in enum('a','b').
func typeMembers(columnType string) []string {
	var out []string
	for _, token := range sqltext.Significant(schema.MySQL, columnType) {
		if token.Kind == sqltext.String {
			out = append(out, token.Text)
		}
	}
	return out
}
