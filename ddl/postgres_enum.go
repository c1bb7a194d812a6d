package ddl

import (
	"slices"
	"strings"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// alterEnum changes the values of an enum.
func (c *postgresCompiler) alterEnum(o *op.AlterEnum) error {
	head := "ALTER TYPE " + postgresName(o.Name) + " "
	switch {
	case o.Add != "" || len(o.Remove) == 0 && o.Rename == "":
		text := head + "ADD VALUE " + postgresLiteral(o.Add)
		if o.Before != "" {
			text += " BEFORE " + postgresLiteral(o.Before)
		} else if o.After != "" {
			text += " AFTER " + postgresLiteral(o.After)
		}
		// A new value may not be used before the transaction that adds it commits.
		c.push(Statement{SQL: text, Operation: o, OutsideTransaction: c.usedLater(o.Add)})
		return nil
	case o.Rename != "":
		c.say(o, head+"RENAME VALUE "+postgresLiteral(o.Rename)+" TO "+postgresLiteral(o.To), "")
		return nil
	}
	return c.removeEnumValues(o)
}

// removeEnumValues makes the type anew without the values, since the server cannot take values away, and moves every column
// to it. What the change of type would not let pass (defaults, checks and indexes with conditions on the column) is taken
// away before and given back after.
func (c *postgresCompiler) removeEnumValues(o *op.AlterEnum) error {
	enum, ok := c.state.Enums.Get(o.Name)
	if !ok {
		return &op.EffectError{Operation: o.String(), Reason: "there is no such enum"}
	}
	for domain := range c.state.Domains.All() {
		if refersTo(domain.Type, o.Name) {
			return c.unsupported(o, "the domain "+domain.Name.String()+" is made of it; change the domain first")
		}
	}
	for composite := range c.state.Composites.All() {
		for _, field := range composite.Fields {
			if refersTo(field.Type, o.Name) {
				return c.unsupported(o, "the composite type "+composite.Name.String()+" has a field of it; change that type first")
			}
		}
	}
	kept := slices.DeleteFunc(slices.Clone(enum.Values), func(value string) bool { return slices.Contains(o.Remove, value) })
	aside := schema.Name{Schema: o.Name.Schema, Name: PostgresObjectName(o.Name.Name, "", "old")}

	users := c.enumUsers(o.Name)
	for _, user := range users {
		c.guardRemoved(o, user)
	}
	for _, user := range users {
		for _, text := range user.before {
			c.say(o, text, "")
		}
	}
	c.say(o, "ALTER TYPE "+postgresName(o.Name)+" RENAME TO "+postgresQuote(aside.Name), "")
	c.say(o, "CREATE TYPE "+postgresName(o.Name)+" AS ENUM ("+literals(kept)+")", "")
	if enum.Comment != "" {
		c.comment(o, "TYPE "+postgresName(o.Name), enum.Comment)
	}
	for _, user := range users {
		text := "text"
		if user.array {
			text = "text[]"
		}
		quoted := postgresQuote(user.column.Name)
		if user.column.Default != "" {
			c.say(o, alterTable(user.table.Name)+"ALTER COLUMN "+quoted+" DROP DEFAULT", "")
		}
		c.say(o, alterTable(user.table.Name)+"ALTER COLUMN "+quoted+" TYPE "+user.column.Type+" USING "+quoted+"::"+text+"::"+user.column.Type, "")
		if user.column.Default != "" {
			c.say(o, alterTable(user.table.Name)+"ALTER COLUMN "+quoted+" SET DEFAULT "+user.column.Default, "")
		}
	}
	for _, user := range users {
		for _, step := range user.after {
			if err := step(); err != nil {
				return err
			}
		}
	}
	c.say(o, "DROP TYPE "+postgresName(aside), "")
	return nil
}

// guardRemoved asks for rows that still have a value that goes.
func (c *postgresCompiler) guardRemoved(o *op.AlterEnum, user enumUser) {
	quoted := postgresQuote(user.column.Name)
	condition := quoted + "::text IN (" + literals(o.Remove) + ")"
	if user.array {
		condition = quoted + "::text[] && ARRAY[" + literals(o.Remove) + "]"
	}
	c.push(Statement{
		SQL:       "SELECT " + quoted + "::text FROM " + postgresName(user.table.Name) + " WHERE " + condition + " LIMIT 1",
		Operation: o,
		Guard: "there are rows of " + user.table.Name.String() + " whose " + user.column.Name +
			" is %v, which the enum " + o.Name.String() + " is to lose: change them first",
	})
}

// enumUser is a column of an enum type, with what stands in the way of a change of its type.
type enumUser struct {
	table  *schema.Table
	column *schema.Column
	array  bool
	before []string
	after  []func() error
}

func (c *postgresCompiler) enumUsers(name schema.Name) []enumUser {
	var users []enumUser
	for table := range c.state.Tables.All() {
		first := len(users)
		for _, column := range table.Columns {
			if refersTo(column.Type, name) && !column.Options.Has(schema.OptionInherited) {
				users = append(users, enumUser{table: table, column: column, array: strings.HasSuffix(column.Type, "]")})
			}
		}
		if len(users) > first {
			c.setAside(table, &users[first], users[first:])
		}
	}
	return users
}

// setAside collects the checks and partial or expression indexes of a table that mention a column of the enum.
func (c *postgresCompiler) setAside(table *schema.Table, to *enumUser, users []enumUser) {
	mentions := func(expr string) bool {
		return slices.ContainsFunc(users, func(user enumUser) bool { return postgresMentions(expr, user.column.Name) })
	}
	for _, check := range table.Checks {
		if !mentions(check.Expr) {
			continue
		}
		to.before = append(to.before, alterTable(table.Name)+"DROP CONSTRAINT "+postgresQuote(check.Name))
		to.after = append(to.after, func() error {
			return c.addConstraint(&op.AddConstraint{Table: table.Name, Check: check})
		})
	}
	for _, index := range table.Indexes {
		concerned := mentions(index.Where)
		for _, part := range index.Parts {
			concerned = concerned || mentions(part.Expr)
		}
		if !concerned {
			continue
		}
		to.before = append(to.before, "DROP INDEX "+postgresName(schema.Name{Schema: table.Name.Schema, Name: index.Name}))
		to.after = append(to.after, func() error {
			return c.createIndex(&op.CreateIndex{Table: table.Name, Index: index})
		})
	}
}
