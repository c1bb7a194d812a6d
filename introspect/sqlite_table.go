package introspect

import (
	"slices"
	"strings"

	"github.com/retort-db/retort/internal/sqliteddl"
	"github.com/retort-db/retort/schema"
)

// sqliteTable turns a parsed CREATE TABLE statement into a table of the model.
type sqliteTable struct {
	name       schema.Name
	parsed     *sqliteddl.Table
	notNull    []bool // by SQLite's account, for each column
	out        *schema.Table
	unmodelled []schema.Unmodelled
}

func (b *sqliteTable) build() *schema.Table {
	b.out = &schema.Table{Name: b.name}
	if b.parsed.Strict {
		b.out.Options.Set(schema.OptionStrict, "")
	}
	if b.parsed.WithoutRowID {
		b.out.Options.Set(schema.OptionWithoutRowID, "")
	}
	columns := make([]schema.Column, len(b.parsed.Columns))
	b.out.Columns = make([]*schema.Column, 0, len(columns))
	for i, parsed := range b.parsed.Columns {
		column := &columns[i]
		column.Name, column.Type, column.NotNull = parsed.Name, parsed.Type, b.notNull[i]
		b.out.Columns = append(b.out.Columns, column)
		for _, constraint := range parsed.Constraints {
			b.columnConstraint(column, constraint)
		}
	}
	for _, constraint := range b.parsed.Constraints {
		b.tableConstraint(constraint)
	}
	b.settleRowID()
	return b.out
}

func (b *sqliteTable) columnConstraint(column *schema.Column, c sqliteddl.Constraint) {
	part := sqliteddl.Part{Column: column.Name}
	switch c.Kind {
	case sqliteddl.NotNull:
		setConflict(&column.Options, c.OnConflict)
		b.nameless(column, c, "name of a NOT NULL constraint")
	case sqliteddl.Null:
		b.nameless(column, c, "name of a NULL constraint")
	case sqliteddl.Default:
		column.Default = c.Expr
		b.nameless(column, c, "name of a default")
	case sqliteddl.Collate:
		column.Collation = collation(c.Collation)
		b.nameless(column, c, "name of a collation clause")
	case sqliteddl.Generated:
		column.Generated = &schema.Generated{Expr: c.Expr, Stored: c.Stored}
		b.nameless(column, c, "name of a generated column's clause")
	case sqliteddl.Named:
		b.nameless(column, c, "name without a constraint")
	case sqliteddl.PrimaryKey:
		part.Desc = c.Desc
		c.Parts = []sqliteddl.Part{part}
		b.primaryKey(c)
	case sqliteddl.Unique:
		c.Parts = []sqliteddl.Part{part}
		b.unique(c)
	case sqliteddl.Check:
		b.check(c)
	case sqliteddl.ForeignKey:
		c.Parts = []sqliteddl.Part{part}
		b.foreignKey(c)
	}
}

// nameless notes a constraint's name that has no place in the model. SQLite itself never shows such a name.
func (b *sqliteTable) nameless(column *schema.Column, c sqliteddl.Constraint, kind string) {
	if c.Name != "" {
		b.unmodelled = append(b.unmodelled, schema.Unmodelled{Kind: kind, Name: column.Name + " " + c.Name})
	}
}

func (b *sqliteTable) tableConstraint(c sqliteddl.Constraint) {
	switch c.Kind {
	case sqliteddl.PrimaryKey:
		// The order of the only column of a key has no meaning where the column is the rowid, and here it may be.
		if len(c.Parts) == 1 && b.isInteger(c.Parts[0].Column) && !b.parsed.WithoutRowID {
			c.Parts = []sqliteddl.Part{{Column: c.Parts[0].Column}}
		}
		b.primaryKey(c)
	case sqliteddl.Unique:
		b.unique(c)
	case sqliteddl.Check:
		b.check(c)
	case sqliteddl.ForeignKey:
		b.foreignKey(c)
	case sqliteddl.Named:
		b.unmodelled = append(b.unmodelled, schema.Unmodelled{Kind: "name without a constraint", Name: c.Name})
	}
}

func (b *sqliteTable) primaryKey(c sqliteddl.Constraint) {
	key := &schema.PrimaryKey{Name: c.Name}
	key.Columns, key.Parts = b.key(c.Parts)
	setConflict(&key.Options, c.OnConflict)
	b.out.PrimaryKey = key
	if c.AutoIncrement && len(key.Columns) == 1 {
		if column := b.out.Column(key.Columns[0]); column != nil {
			column.Identity = &schema.Identity{Kind: schema.IdentityAutoIncrement}
		}
	}
}

func (b *sqliteTable) unique(c sqliteddl.Constraint) {
	unique := &schema.Unique{Name: c.Name}
	unique.Columns, unique.Parts = b.key(c.Parts)
	setConflict(&unique.Options, c.OnConflict)
	b.out.Uniques = append(b.out.Uniques, unique)
}

// key returns the columns of a key, and its parts if one of them is more than a column.
func (b *sqliteTable) key(parsed []sqliteddl.Part) (columns []string, parts []schema.IndexPart) {
	plain := true
	for _, p := range parsed {
		part := b.part(p)
		columns = append(columns, part.Column)
		parts = append(parts, part)
		plain = plain && part == schema.IndexPart{Column: part.Column}
	}
	if plain {
		return columns, nil
	}
	return columns, parts
}

// part spells the column as the table does, and leaves out the collation that the column has anyway.
func (b *sqliteTable) part(p sqliteddl.Part) schema.IndexPart {
	return sqlitePart(p, b.parsedColumn)
}

// parsedColumn finds a column while the table is being built, when a key may come before columns that it names.
func (b *sqliteTable) parsedColumn(name string) (spelling, collate string, found bool) {
	for _, column := range b.parsed.Columns {
		if !sameSQLite(column.Name, name) {
			continue
		}
		for _, c := range column.Constraints {
			if c.Kind == sqliteddl.Collate {
				collate = collation(c.Collation)
			}
		}
		return column.Name, collate, true
	}
	return name, "", false
}

// sqlitePart turns a parsed part into one of the model. There a part without a column is an expression, and so is the
// column whose name is empty.
func sqlitePart(p sqliteddl.Part, find func(name string) (spelling, collate string, found bool)) schema.IndexPart {
	switch {
	case p.Expr != "":
		return schema.IndexPart{Expr: p.Expr, Desc: p.Desc}
	case p.Column == "" && p.Collation != "":
		return schema.IndexPart{Expr: `"" COLLATE ` + quoteSQLite(p.Collation), Desc: p.Desc}
	case p.Column == "":
		return schema.IndexPart{Expr: `""`, Desc: p.Desc}
	}
	name, own, _ := find(p.Column)
	part := schema.IndexPart{Column: name, Desc: p.Desc}
	if collate := collation(p.Collation); p.Collation != "" && !sameSQLite(collate, own) {
		part.Collation = collate
		if collate == "" {
			part.Collation = "BINARY"
		}
	}
	return part
}

func (b *sqliteTable) check(c sqliteddl.Constraint) {
	check := &schema.Check{Name: c.Name, Expr: c.Expr}
	setConflict(&check.Options, c.OnConflict)
	b.out.Checks = append(b.out.Checks, check)
}

func (b *sqliteTable) foreignKey(c sqliteddl.Constraint) {
	key := &schema.ForeignKey{
		Name:       c.Name,
		RefTable:   schema.Name{Schema: b.name.Schema, Name: c.References.Table},
		RefColumns: c.References.Columns,
		OnDelete:   action(c.References.OnDelete),
		OnUpdate:   action(c.References.OnUpdate),
		Match:      match(c.References.Match),
		Deferrable: deferrable(c.References),
	}
	for _, p := range c.Parts {
		key.Columns = append(key.Columns, b.part(p).Column)
	}
	b.out.ForeignKeys = append(b.out.ForeignKeys, key)
}

// settleRowID says NOT NULL of the column that is the rowid, which never is null, whether or not the statement says so.
func (b *sqliteTable) settleRowID() {
	key := b.out.PrimaryKey
	if key == nil || b.parsed.WithoutRowID || len(key.Columns) != 1 || len(key.Parts) > 0 || !b.isInteger(key.Columns[0]) {
		return
	}
	b.out.Column(key.Columns[0]).NotNull = true
}

// isInteger reports whether a column's declared type is INTEGER, the one type whose primary key is the rowid.
func (b *sqliteTable) isInteger(name string) bool {
	return slices.ContainsFunc(b.parsed.Columns, func(column sqliteddl.Column) bool {
		return sameSQLite(column.Name, name) && sameSQLite(column.Type, "INTEGER")
	})
}

func setConflict(options *schema.Options, action string) {
	if action != "" && action != "ABORT" {
		options.Set(schema.OptionOnConflict, action)
	}
}

// collation spells SQLite's own collations in capitals, and leaves out BINARY, the default.
func collation(name string) string {
	switch upper := strings.ToUpper(name); upper {
	case "BINARY":
		return ""
	case "NOCASE", "RTRIM":
		return upper
	}
	return name
}

func action(text string) schema.Action {
	if text == "NO ACTION" {
		return schema.NoAction
	}
	return schema.Action(text)
}

func match(text string) string {
	if text == "SIMPLE" {
		return ""
	}
	return text
}

func deferrable(r *sqliteddl.References) schema.Deferrable {
	switch {
	case !r.Deferrable:
		return schema.NotDeferrable
	case r.InitiallyDeferred:
		return schema.InitiallyDeferred
	}
	return schema.InitiallyNow
}
