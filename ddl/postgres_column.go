package ddl

import (
	"math"
	"strconv"
	"strings"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// column returns the definition of a column for CREATE TABLE and ADD COLUMN, and the statement that creates the sequence
// of a serial column which the word "serial" cannot describe.
func (c *postgresCompiler) column(o op.Operation, table schema.Name, column *schema.Column) (sequence, definition string, err error) {
	kind := column.Type
	if kind == "" {
		return "", "", c.unsupported(o, "column "+column.Name+" has no type")
	}
	fallback := column.Default
	notNull := column.NotNull
	if isSerialColumn(column) {
		word := serialWord(column.Type)
		if word != "" && notNull && isPlainIdentity(column.Identity) {
			kind, notNull = word, false
		} else {
			name := serialSequence(table, column)
			sequence = "CREATE SEQUENCE " + postgresName(name) + sequenceClauses(column.Type, column.Identity)
			fallback = nextval(name)
		}
	}
	text := postgresQuote(column.Name) + " " + kind
	if method := column.Options.Value(schema.OptionCompression); method != "" {
		if err := c.needs(o, 14, "COMPRESSION"); err != nil {
			return "", "", err
		}
		text += " COMPRESSION " + postgresQuote(method)
	}
	if column.Collation != "" {
		text += " COLLATE " + postgresCollation(column.Collation)
	}
	if fallback != "" {
		text += " DEFAULT " + fallback
	}
	if column.Generated != nil {
		clause, err := c.generated(o, column.Generated)
		if err != nil {
			return "", "", err
		}
		text += clause
	}
	if id := column.Identity; id != nil && id.Kind != schema.IdentitySerial {
		text += identityClause(id)
	}
	if notNull {
		text += " NOT NULL"
	}
	return sequence, text, nil
}

func (c *postgresCompiler) generated(o op.Operation, generated *schema.Generated) (string, error) {
	text := " GENERATED ALWAYS AS (" + generated.Expr + ")"
	if generated.Stored {
		return text + " STORED", nil
	}
	if err := c.needs(o, 18, "a virtual generated column"); err != nil {
		return "", err
	}
	return text + " VIRTUAL", nil
}

// afterColumn writes what the definition of a column cannot say on every version.
func (c *postgresCompiler) afterColumn(o op.Operation, table schema.Name, column *schema.Column) error {
	prefix := "ALTER COLUMN " + postgresQuote(column.Name) + " "
	if isSerialColumn(column) && (serialWord(column.Type) == "" || !column.NotNull || !isPlainIdentity(column.Identity)) {
		c.after(o, "ALTER SEQUENCE "+postgresName(serialSequence(table, column))+" OWNED BY "+postgresName(table)+"."+postgresQuote(column.Name))
	}
	for _, option := range column.Options {
		switch option.Key {
		case schema.OptionStorage:
			c.after(o, alterTable(table)+prefix+"SET STORAGE "+option.Value)
		case schema.OptionStatistics:
			c.after(o, alterTable(table)+prefix+"SET STATISTICS "+option.Value)
		case schema.OptionWith:
			c.after(o, alterTable(table)+prefix+"SET ("+storageList(option.Value)+")")
		case schema.OptionCompression, schema.OptionInherited:
		default:
			return c.unsupported(o, "columns have no option "+option.Key)
		}
	}
	if column.Comment != "" {
		c.comment(o, "COLUMN "+postgresName(table)+"."+postgresQuote(column.Name), column.Comment)
	}
	return nil
}

func (c *postgresCompiler) addColumn(o *op.AddColumn) error {
	sequence, definition, err := c.column(o, o.Table, o.Column)
	if err != nil {
		return err
	}
	if sequence != "" {
		c.say(o, sequence, "")
	}
	c.alter(o, o.Table, "ADD COLUMN "+ifNotExists(o.IfNotExists)+definition, o.Column.Name)
	return c.afterColumn(o, o.Table, o.Column)
}

// isSerialColumn reports whether the column numbers itself by an owned sequence and a default. A model that was written
// for several engines may say AUTO_INCREMENT, which is the same here.
func isSerialColumn(column *schema.Column) bool {
	id := column.Identity
	return id != nil && (id.Kind == schema.IdentitySerial || id.Kind == schema.IdentityAutoIncrement)
}

// serialWord returns "bigserial" for "bigint" and so on, or "".
func serialWord(kind string) string {
	return map[string]string{"smallint": "smallserial", "integer": "serial", "bigint": "bigserial"}[postgresType(kind)]
}

func isPlainIdentity(id *schema.Identity) bool {
	plain := schema.Identity{Kind: id.Kind}
	return *id == plain
}

// serialSequence returns the sequence behind a serial or identity column.
func serialSequence(table schema.Name, column *schema.Column) schema.Name {
	if column.Identity != nil && column.Identity.Sequence != (schema.Name{}) {
		return column.Identity.Sequence
	}
	return schema.Name{Schema: table.Schema, Name: PostgresObjectName(table.Name, column.Name, "seq")}
}

func nextval(sequence schema.Name) string {
	return "nextval(" + postgresLiteral(postgresName(sequence)) + "::regclass)"
}

func identityClause(id *schema.Identity) string {
	word := "BY DEFAULT"
	if id.Kind == schema.IdentityAlways {
		word = "ALWAYS"
	}
	text := " GENERATED " + word + " AS IDENTITY"
	options := strings.TrimSpace(identityOptions(id))
	if id.Sequence != (schema.Name{}) {
		options = strings.TrimSpace("SEQUENCE NAME " + postgresName(id.Sequence) + " " + options)
	}
	if options != "" {
		text += " (" + options + ")"
	}
	return text
}

// identityOptions writes the numbers that differ from the defaults, with a leading space each.
func identityOptions(id *schema.Identity) string {
	text := ""
	for _, number := range []struct {
		words string
		value *int64
	}{
		{"START WITH", id.Start}, {"INCREMENT BY", id.Increment}, {"MINVALUE", id.Min}, {"MAXVALUE", id.Max}, {"CACHE", id.Cache},
	} {
		if number.value != nil {
			text += " " + number.words + " " + strconv.FormatInt(*number.value, 10)
		}
	}
	if id.Cycle {
		text += " CYCLE"
	}
	return text
}

// sequenceClauses writes type and numbers of the sequence of a serial column. Servers before version 10 gave every
// sequence the type bigint; its greatest number tells.
func sequenceClauses(kind string, id *schema.Identity) string {
	kind = postgresType(kind)
	limit := map[string]int64{"smallint": math.MaxInt16, "integer": math.MaxInt32}[kind]
	wide := limit != 0 && ((id.Max != nil && *id.Max > limit) || (id.Min != nil && *id.Min < -limit-1))
	if wide || (kind != "smallint" && kind != "integer") {
		kind = "bigint"
	}
	return " AS " + kind + identityOptions(id)
}
