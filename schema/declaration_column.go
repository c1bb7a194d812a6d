package schema

import "slices"

// ColumnDeclaration declares about one column. See [Declaration.Column].
type ColumnDeclaration struct {
	declaration *Declaration
	column      string
	specific    bool
}

// On declares about the column for one dialect only. What it says goes before what is said for all dialects.
func (c *ColumnDeclaration) On(dialect Dialect, declare func(c *ColumnDeclaration)) *ColumnDeclaration {
	if c.declaration.Dialect() == dialect {
		declare(&ColumnDeclaration{declaration: c.declaration, column: c.column, specific: true})
	}
	return c
}

// Type sets the SQL type, in place of bun's.
func (c *ColumnDeclaration) Type(sql string) *ColumnDeclaration { return c.set(AttributeType, sql) }

// Default sets the default expression, in place of bun's. An empty one is no default.
func (c *ColumnDeclaration) Default(sql string) *ColumnDeclaration {
	return c.set(AttributeDefault, sql)
}

// NotNull makes the column NOT NULL.
func (c *ColumnDeclaration) NotNull() *ColumnDeclaration { return c.set(AttributeNotNull, "true") }

// Nullable makes the column accept NULL where bun's tags would not.
func (c *ColumnDeclaration) Nullable() *ColumnDeclaration { return c.set(AttributeNotNull, "false") }

// Collate sets the collation.
func (c *ColumnDeclaration) Collate(collation string) *ColumnDeclaration {
	return c.set(AttributeCollation, collation)
}

// Charset sets the character set (MySQL).
func (c *ColumnDeclaration) Charset(charset string) *ColumnDeclaration {
	return c.set(AttributeCharset, charset)
}

// Comment sets the comment. SQLite has none and leaves it out.
func (c *ColumnDeclaration) Comment(text string) *ColumnDeclaration {
	return c.set(AttributeComment, text)
}

// Generated makes the column a generated one whose value is stored.
func (c *ColumnDeclaration) Generated(expr string) *ColumnDeclaration {
	return c.set(AttributeGeneratedStored, expr)
}

// GeneratedVirtual makes the column a generated one whose value is computed when it is read.
func (c *ColumnDeclaration) GeneratedVirtual(expr string) *ColumnDeclaration {
	return c.set(AttributeGeneratedVirtual, expr)
}

// Identity sets how the column numbers itself, in place of what bun's tags "autoincrement" and "identity" say.
func (c *ColumnDeclaration) Identity(identity Identity) *ColumnDeclaration {
	c.add(DeclaredAttribute{Key: AttributeIdentity, Value: string(identity.Kind), Identity: identity.Clone()})
	return c
}

// Enum restricts the column to values: by an enum type of that name on PostgreSQL, by the column type ENUM on MySQL, by
// a check constraint on SQLite. An empty name is the conventional one, <table>_<column>.
func (c *ColumnDeclaration) Enum(name string, values ...string) *ColumnDeclaration {
	enum := &Enum{Name: ParseName(name), Values: slices.Clone(values), Origin: c.declaration.origin}
	list := &c.declaration.declared.Enums
	*list = append(*list, &DeclaredEnum{Enum: enum, Column: c.column})
	return c
}

// Check declares a check constraint that bears the column's name if it has none of its own.
func (c *ColumnDeclaration) Check(name, expr string) *ColumnDeclaration {
	check := &Check{Name: name, Expr: expr, Origin: c.declaration.origin}
	list := &c.declaration.declared.Checks
	*list = append(*list, &DeclaredCheck{Check: check, Column: c.column})
	return c
}

// Was gives former names of the column, so that a new name is a rename and not a drop and an add.
func (c *ColumnDeclaration) Was(names ...string) *ColumnDeclaration {
	for _, name := range names {
		c.set(AttributeWas, name)
	}
	return c
}

// Backfill gives the SQL expression that fills existing rows when the column becomes NOT NULL.
func (c *ColumnDeclaration) Backfill(expr string) *ColumnDeclaration {
	return c.set(AttributeBackfill, expr)
}

// Set sets an option that only some engine knows, by one of the keys of this package, such as [OptionStorage].
func (c *ColumnDeclaration) Set(key, value string) *ColumnDeclaration {
	return c.set(AttributeOption+key, value)
}

// NoForeignKey says that no relation over this column is a foreign key in the database.
func (c *ColumnDeclaration) NoForeignKey() *ColumnDeclaration {
	return c.set(AttributeNoForeignKey, "true")
}

func (c *ColumnDeclaration) set(key, value string) *ColumnDeclaration {
	c.add(DeclaredAttribute{Key: key, Value: value})
	return c
}

func (c *ColumnDeclaration) add(attribute DeclaredAttribute) {
	attribute.Column, attribute.Specific, attribute.Origin = c.column, c.specific, c.declaration.origin
	list := &c.declaration.declared.Attributes
	*list = append(*list, attribute)
}
