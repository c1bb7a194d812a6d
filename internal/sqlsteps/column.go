package sqlsteps

import (
	"strings"

	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// definition is what was read of a column's definition.
type definition struct {
	column      *schema.Column
	position    op.Position
	constraints []op.Operation
}

// columnWords begin what may come after the type of a column.
var columnWords = words("NOT NULL DEFAULT PRIMARY UNIQUE REFERENCES CHECK GENERATED AS COLLATE CHARACTER CHARSET CONSTRAINT COMMENT AUTO_INCREMENT AUTOINCREMENT FIRST AFTER USING STORED VIRTUAL " +
	"PERSISTENT KEY ON DEFERRABLE INITIALLY INVISIBLE VISIBLE STORAGE COMPRESSION")

func words(list string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(list) {
		set[word] = true
	}
	return set
}

func (r *reader) columnWord() bool {
	token := r.next()
	return token.Kind == sqltext.Word && columnWords[strings.ToUpper(token.Text)]
}

// sqlType takes a type. "character varying" is one, although CHARACTER is also the word before SET.
func (r *reader) sqlType() string {
	start := r.at
	if r.next().Is("CHARACTER") || r.next().Is("CHAR") {
		r.at++
	}
	r.skip(r.columnWord)
	return r.source(start, r.at)
}

// definition takes a column's definition, from its type on.
func (r *reader) definition(table schema.Name, name string) definition {
	d := definition{column: &schema.Column{Name: name, Type: r.sqlType()}}
	d.serial(r.dialect)
	constraint := ""
	for !r.ended() {
		at := r.at
		switch {
		case r.accept("CONSTRAINT"):
			constraint = r.identifier()
			continue
		case r.accept("NOT", "NULL"):
			d.column.NotNull = true
		case r.accept("NULL"):
		case r.accept("DEFAULT"):
			d.column.Default = r.expression()
		case r.accept("ON", "UPDATE"):
			r.expression()
		case r.accept("COLLATE"):
			d.column.Collation = r.identifier()
		case r.accept("CHARACTER", "SET"), r.accept("CHARSET"):
			d.column.Charset = r.identifier()
		case r.accept("COMMENT"):
			d.column.Comment = r.literal()
		case r.acceptAny("AUTO_INCREMENT", "AUTOINCREMENT"):
			d.column.Identity = &schema.Identity{Kind: schema.IdentityAutoIncrement}
		case r.accept("GENERATED"), r.accept("AS"):
			r.at = at
			r.generated(d.column)
		case r.accept("FIRST"):
			d.position.First = true
		case r.accept("AFTER"):
			d.position.After = r.identifier()
		case r.accept("PRIMARY", "KEY"):
			d.constraints = append(d.constraints, &op.AddConstraint{Table: table, PrimaryKey: &schema.PrimaryKey{Name: constraint, Columns: []string{name}}})
		case r.accept("UNIQUE"):
			r.accept("KEY")
			d.constraints = append(d.constraints, &op.AddConstraint{Table: table, Unique: &schema.Unique{Name: constraint, Columns: []string{name}}})
		case r.accept("CHECK"):
			if inner := r.parentheses(); inner != nil {
				d.constraints = append(d.constraints, &op.AddConstraint{Table: table, Check: &schema.Check{Name: constraint, Expr: inner.rest()}})
			}
		case r.next().Is("REFERENCES"):
			if key := r.reference([]string{name}); key != nil {
				key.Name = constraint
				d.constraints = append(d.constraints, &op.AddConstraint{Table: table, ForeignKey: key})
			}
		}
		if r.at == at {
			r.at++
		}
		constraint = ""
	}
	return d
}

// serial turns PostgreSQL's serial types into what they stand for.
func (d definition) serial(dialect schema.Dialect) {
	kinds := map[string]string{"serial": "integer", "serial4": "integer", "bigserial": "bigint", "serial8": "bigint", "smallserial": "smallint", "serial2": "smallint"}
	if plain := kinds[strings.ToLower(d.column.Type)]; plain != "" && dialect == schema.Postgres {
		d.column.Type, d.column.NotNull, d.column.Identity = plain, true, &schema.Identity{Kind: schema.IdentitySerial}
	}
}

// generated takes GENERATED … AS IDENTITY, or AS (…) with its kind.
func (r *reader) generated(column *schema.Column) {
	identity := schema.IdentityAlways
	if r.accept("GENERATED") && !r.accept("ALWAYS") && r.accept("BY", "DEFAULT") {
		identity = schema.IdentityByDefault
	}
	if !r.accept("AS") {
		return
	}
	if r.accept("IDENTITY") {
		column.Identity = &schema.Identity{Kind: identity}
		r.parentheses()
		return
	}
	inner := r.parentheses()
	if inner == nil {
		return
	}
	column.Generated = &schema.Generated{Expr: inner.rest(), Stored: r.acceptAny("STORED", "PERSISTENT")}
	r.accept("VIRTUAL")
}

// expression takes the expression of a default: up to the next word that belongs to the column.
func (r *reader) expression() string {
	start := r.at
	if !r.ended() {
		if r.next().Is("(") {
			r.parentheses()
		} else {
			r.at++ // NULL and the like, which are column words too
		}
	}
	r.skip(r.columnWord)
	return r.source(start, r.at)
}

// alterColumn takes what comes after ALTER in an ALTER TABLE.
func (r *reader) alterColumn(table schema.Name) op.Operation {
	if r.next().Is("INDEX") || r.next().Is("CONSTRAINT") || r.next().Is("CHECK") {
		return nil
	}
	r.accept("COLUMN")
	r.accept("IF", "EXISTS")
	o := &op.AlterColumn{Table: table, Name: r.identifier()}
	if o.Name == "" {
		return nil
	}
	o.To.Name = o.Name
	switch {
	case r.accept("SET", "DATA", "TYPE"), r.accept("TYPE"):
		o.Attributes = []op.Attribute{op.TypeAttribute}
		o.To.Type = r.sqlType()
		if r.accept("COLLATE") {
			o.Attributes = append(o.Attributes, op.CollationAttribute)
			o.To.Collation = r.identifier()
		}
		if r.accept("USING") {
			o.Using = r.rest()
		}
	case r.accept("SET", "NOT", "NULL"):
		o.Attributes, o.To.NotNull = []op.Attribute{op.NotNullAttribute}, true
	case r.accept("DROP", "NOT", "NULL"):
		o.Attributes = []op.Attribute{op.NotNullAttribute}
	case r.accept("SET", "DEFAULT"):
		o.Attributes, o.To.Default = []op.Attribute{op.DefaultAttribute}, r.rest()
	case r.accept("DROP", "DEFAULT"):
		o.Attributes = []op.Attribute{op.DefaultAttribute}
	default:
		return nil
	}
	return o
}

// modify takes MySQL's MODIFY, or its CHANGE, which names the column twice. It states all of a column: what is left out is
// taken away.
func (r *reader) modify(table schema.Name, twice bool) []op.Operation {
	r.accept("COLUMN")
	r.accept("IF", "EXISTS")
	name := r.identifier()
	to := name
	if twice {
		to = r.identifier()
	}
	if name == "" || to == "" {
		return nil
	}
	var out []op.Operation
	if to != name {
		out = append(out, &op.RenameColumn{Table: table, From: name, To: to})
	}
	d := r.definition(table, to)
	o := &op.AlterColumn{Table: table, Name: to, To: *d.column, Position: d.position, Attributes: []op.Attribute{op.TypeAttribute, op.NotNullAttribute, op.DefaultAttribute}}
	if d.column.Collation != "" {
		o.Attributes = append(o.Attributes, op.CollationAttribute)
	}
	if d.column.Charset != "" {
		o.Attributes = append(o.Attributes, op.CharsetAttribute)
	}
	return append(append(out, o), d.constraints...)
}
