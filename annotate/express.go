package annotate

import (
	"slices"
	"strings"

	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// ahead is the way out where the models have what the database lacks.
const ahead = "the models are ahead of the database: retort revision --autogenerate"

// express turns one difference into items. The operation leads away from the database, so what it drops is what the
// models do not say.
func (a *annotator) express(operation op.Operation) {
	table := a.Models.Table(operation.Subject())
	truth := a.Database.Table(operation.Subject())
	switch operation := operation.(type) {
	case *op.DropTable:
		a.left(operation.Name.String(), "the table has no model", "write a model, or leave it to retort baseline, which records it as unmanaged")
	case *op.DropColumn:
		column := truth.Column(operation.Name)
		a.left(operation.Table.String()+"."+operation.Name, "the column ("+column.Type+") has no field",
			`add a field with bun:"`+operation.Name+`", or leave it to retort baseline, which records it as unmanaged`)
	case *op.AlterColumn:
		a.column(table, truth.Column(operation.Name), table.Column(operation.Name), operation.Attributes)
	case *op.AlterTable:
		a.table(table, truth, operation)
	case *op.DropIndex:
		a.index(table, truth, operation)
	case *op.DropConstraint:
		a.constraint(table, truth, operation)
	case *op.DropEnum:
		if !a.columnOfType(operation.Name) {
			a.left(operation.Name.String(), "no column of a model has the enum type", `declare it on a bun.BaseModel: `+a.enumText(operation.Name))
		}
	case *op.AddConstraint:
		if !a.sameConstraintGoes(operation) {
			a.left(operation.Table.String(), operation.String(), ahead)
		}
	case *op.CreateEnum:
		// The type of a column that the database has otherwise; the column's item replaces it.
	default:
		a.left(operation.Subject().String(), operation.String(), ahead)
	}
}

func (a *annotator) enumText(name schema.Name) string {
	if enum, found := a.Database.Enums.Get(name); found {
		return enumItem(enum).text
	}
	return ""
}

// columnOfType reports whether a column that both sides have is of an enum type in the database: its item declares the type.
func (a *annotator) columnOfType(name schema.Name) bool {
	for truth := range a.Database.Tables.All() {
		table := a.Models.Table(truth.Name)
		if table == nil {
			continue
		}
		for _, column := range truth.Columns {
			if strings.TrimRight(column.Type, "[]") == name.String() && table.Column(column.Name) != nil {
				return true
			}
		}
	}
	return false
}

func (a *annotator) column(table *schema.Table, truth, declared *schema.Column, attributes []op.Attribute) {
	object := table.Name.String() + "." + declared.Name
	put := func(one item) { a.onColumn(table, declared, one) }
	for _, attribute := range attributes {
		switch attribute {
		case op.TypeAttribute:
			if !slices.Contains(attributes, op.IdentityAttribute) {
				a.columnType(table, truth, declared)
			}
		case op.IdentityAttribute:
			a.identity(table, truth, declared, slices.Contains(attributes, op.TypeAttribute))
		case op.NotNullAttribute:
			if truth.NotNull {
				put(flagItem("notnull"))
			} else {
				put(flagItem("null"))
			}
		case op.DefaultAttribute:
			if truth.Default == "" {
				a.left(object, "the model states the default "+declared.Default+", and the database has none", ahead)
				continue
			}
			put(sqlItem("default", spellDefault(a.Database.Server.Dialect, truth.Type, truth.Default)))
		case op.GeneratedAttribute:
			if truth.Generated == nil {
				a.left(object, "the model generates the column, and the database does not", ahead)
				continue
			}
			put(generatedItem(truth.Generated))
		case op.CollationAttribute:
			a.stated(object, "collation", declared.Collation, truth.Collation, func() { put(textItem("collate", truth.Collation)) })
		case op.CharsetAttribute:
			a.stated(object, "charset", declared.Charset, truth.Charset, func() { put(textItem("charset", truth.Charset)) })
		case op.CommentAttribute:
			a.stated(object, "comment", declared.Comment, truth.Comment, func() { put(textItem("comment", truth.Comment)) })
		default:
			a.columnOption(table, truth, declared, attribute)
		}
	}
}

// stated puts an item if the database has a value; the models alone have one otherwise.
func (a *annotator) stated(object, what, declared, truth string, put func()) {
	if truth == "" {
		a.left(object, "the model states the "+what+" "+declared+", and the database has none", ahead)
		return
	}
	put()
}

func (a *annotator) columnOption(table *schema.Table, truth, declared *schema.Column, attribute op.Attribute) {
	key, _ := attribute.OptionKey()
	value, has := truth.Options.Get(key)
	object := table.Name.String() + "." + declared.Name
	if !has {
		a.left(object, "the model states "+key+", and the database has none", ahead)
		return
	}
	one, known := optionItem(columnOptions, key, value)
	if !known {
		a.left(object, key+" "+value+" has no word in a ddl tag", `declare it in a DDL method: t.Column("`+declared.Name+`").Set("`+key+`", "`+value+`")`)
		return
	}
	a.onColumn(table, declared, one)
}

func (a *annotator) typeItem(truth *schema.Column) item {
	return sqlItem("type", spellType(a.Database.Server.Dialect, truth.Type))
}

func (a *annotator) columnType(table *schema.Table, truth, declared *schema.Column) {
	base := strings.TrimRight(truth.Type, "[]")
	enum, isEnum := a.Database.Enums.Get(schema.ParseName(base))
	switch {
	case isEnum && base == truth.Type:
		a.onColumn(table, declared, enumItem(enum))
	case isEnum:
		a.onColumn(table, declared, a.typeItem(truth))
		a.onTable(table, enumItem(enum))
	default:
		a.onColumn(table, declared, a.typeItem(truth))
	}
}

// serials are PostgreSQL's words for a column with a sequence of its own, by type.
var serials = map[string]string{"bigint": "bigserial", "integer": "serial", "smallint": "smallserial"}

func (a *annotator) identity(table *schema.Table, truth, declared *schema.Column, typeToo bool) {
	object := table.Name.String() + "." + declared.Name
	if truth.Identity == nil {
		a.left(object, "the model numbers the column, and the database does not", ahead)
		return
	}
	switch truth.Identity.Kind {
	case schema.IdentityByDefault, schema.IdentityAlways:
		if typeToo {
			a.onColumn(table, declared, a.typeItem(truth))
		}
		a.onColumn(table, declared, identityItem(truth.Identity))
	case schema.IdentitySerial:
		if serial := serials[truth.Type]; serial != "" {
			a.onColumn(table, declared, sqlItem("type", serial))
			return
		}
		a.left(object, "a sequence of its own behind a column of type "+truth.Type+" has no word in a ddl tag", "leave it to retort baseline")
	case schema.IdentityAutoIncrement:
		if a.Database.Server.Dialect == schema.SQLite {
			a.left(object, "AUTOINCREMENT has no word in a ddl tag", "add autoincrement to its bun tag")
			return
		}
		a.onColumn(table, declared, sqlItem("type", truth.Type+" AUTO_INCREMENT"))
	}
}

func (a *annotator) table(table, truth *schema.Table, alter *op.AlterTable) {
	object := table.Name.String()
	if alter.Comment != nil {
		a.stated(object, "comment", table.Comment, truth.Comment, func() { a.onTable(table, textItem("comment", truth.Comment)) })
	}
	keys := slices.Clone(alter.Unset)
	for _, option := range alter.Set {
		keys = append(keys, option.Key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		value, has := truth.Options.Get(key)
		if !has {
			a.left(object, "the model states "+key+", and the database has none", ahead)
			continue
		}
		one, known := optionItem(tableOptions, key, value)
		if !known {
			a.left(object, key+" "+value+" has no word in a ddl tag", `declare it in a DDL method: t.Set("`+key+`", "`+value+`")`)
			continue
		}
		a.onTable(table, one)
	}
}

// fieldFor returns the column of the models that an object over one plain column can stand on, or nil.
func fieldFor(table *schema.Table, columns []string) *schema.Column {
	if len(columns) != 1 {
		return nil
	}
	return table.Column(columns[0])
}

func (a *annotator) index(table, truth *schema.Table, drop *op.DropIndex) {
	index := truth.Index(drop.Name)
	if index == nil { // MySQL's unique keys are constraints to the differ
		a.constraint(table, truth, &op.DropConstraint{Table: drop.Table, Type: op.UniqueConstraint, Name: drop.Name})
		return
	}
	object := table.Name.String() + " index " + index.Name
	if table.Index(index.Name) != nil {
		a.left(object, "the model states it in another form", ahead)
		return
	}
	if missing := unknownColumn(table, index.Columns()); missing != "" {
		a.left(object, "its column "+missing+" has no field", "leave it to retort baseline, which records it as unmanaged")
		return
	}
	column := fieldFor(table, index.Columns())
	onField := column != nil && len(index.Parts) == 1
	one, ok := indexItem(a.Database.Server.Dialect, index, onField)
	switch {
	case !ok:
		a.left(object, "its options have no words in a ddl tag", "declare it in a DDL method")
	case onField:
		a.onColumn(table, column, one)
	default:
		a.onTable(table, one)
	}
}

func unknownColumn(table *schema.Table, columns []string) string {
	for _, column := range columns {
		if column != "" && table.Column(column) == nil {
			return column
		}
	}
	return ""
}

// sameConstraintGoes reports whether the constraint that the models add is one that the database has otherwise: then its
// item refines the one of the models.
func (a *annotator) sameConstraintGoes(add *op.AddConstraint) bool {
	if add.ForeignKey == nil {
		return false
	}
	truth := a.Database.Table(add.Table)
	return truth != nil && slices.ContainsFunc(truth.ForeignKeys, func(key *schema.ForeignKey) bool { return sameReference(key, add.ForeignKey) })
}

func sameReference(a, b *schema.ForeignKey) bool {
	return slices.Equal(a.Columns, b.Columns) && a.RefTable == b.RefTable && (slices.Equal(a.RefColumns, b.RefColumns) || len(b.RefColumns) == 0)
}

func (a *annotator) constraint(table, truth *schema.Table, drop *op.DropConstraint) {
	found := drop.Find(truth)
	if found == nil && drop.Type == op.UniqueConstraint {
		if index := truth.Index(drop.Name); index != nil {
			a.uniqueIndex(table, index)
			return
		}
	}
	object := strings.TrimSpace(table.Name.String() + " " + string(drop.Type) + " " + drop.Name)
	if found == nil {
		a.left(object, "its definition is not known", "declare it in a DDL method")
		return
	}
	switch drop.Type {
	case op.UniqueConstraint:
		a.unique(table, found.Unique, object)
	case op.CheckConstraint:
		a.check(table, found.Check, object)
	case op.ForeignKeyConstraint:
		a.foreignKey(table, found.ForeignKey, object)
	default:
		a.left(object, "the models have it in another form or not at all", "declare it in a DDL method")
	}
}

// uniqueIndex expresses a unique key of MySQL, which is an index and a constraint.
func (a *annotator) uniqueIndex(table *schema.Table, index *schema.Index) {
	a.unique(table, &schema.Unique{Name: index.Name, Columns: index.Columns(), Comment: index.Comment, Options: index.Options},
		table.Name.String()+" unique "+index.Name)
}

func (a *annotator) unique(table *schema.Table, unique *schema.Unique, object string) {
	if missing := unknownColumn(table, unique.Columns); missing != "" {
		a.left(object, "its column "+missing+" has no field", "leave it to retort baseline, which records it as unmanaged")
		return
	}
	column := fieldFor(table, unique.Columns)
	one, ok := uniqueItem(a.Database.Server.Dialect, unique, column != nil)
	switch {
	case !ok:
		a.left(object, "its options have no words in a ddl tag", "declare it in a DDL method")
	case column != nil:
		a.onColumn(table, column, one)
	default:
		a.onTable(table, one)
	}
}

func (a *annotator) check(table *schema.Table, check *schema.Check, object string) {
	if check.Name != "" && table.Check(check.Name) != nil {
		a.left(object, "the model states it in another form", ahead)
		return
	}
	one, ok := checkItem(check)
	if !ok {
		a.left(object, "its options have no words in a ddl tag", "declare it in a DDL method")
		return
	}
	var mentioned []*schema.Column
	for _, column := range table.Columns {
		if sqltext.Mentions(a.Database.Server.Dialect, check.Expr, column.Name) {
			mentioned = append(mentioned, column)
		}
	}
	if len(mentioned) == 1 {
		a.onColumn(table, mentioned[0], one)
		return
	}
	a.onTable(table, one)
}

func (a *annotator) foreignKey(table *schema.Table, key *schema.ForeignKey, object string) {
	if missing := unknownColumn(table, key.Columns); missing != "" {
		a.left(object, "its column "+missing+" has no field", "leave it to retort baseline, which records it as unmanaged")
		return
	}
	at := slices.IndexFunc(table.ForeignKeys, func(other *schema.ForeignKey) bool { return sameReference(key, other) })
	if at >= 0 {
		a.refineKey(table, key, table.ForeignKeys[at])
		return
	}
	column := fieldFor(table, key.Columns)
	one, _ := referencesItem(a.Database.Server.Dialect, key, column != nil)
	if column != nil {
		a.onColumn(table, column, one)
		return
	}
	a.onTable(table, one)
}

// refineKey says on the field of a key of the models what the database has otherwise.
func (a *annotator) refineKey(table *schema.Table, key, declared *schema.ForeignKey) {
	object := table.Name.String() + " foreign key " + key.Name
	if declared.Origin.Field == "" {
		a.left(object, "the model states it in another form", ahead)
		return
	}
	put := func(one item) {
		one.named = true
		a.want(declared.Origin, want{owner: owner{table.Name.String(), key.Columns[0]}, item: one, origin: declared.Origin})
	}
	action := func(what string, truth, declared schema.Action) {
		if truth == declared {
			return
		}
		if truth == schema.NoAction {
			truth = "no action"
		}
		put(item{key: what, text: what + ":" + strings.ToLower(string(truth))})
	}
	action("on_delete", key.OnDelete, declared.OnDelete)
	action("on_update", key.OnUpdate, declared.OnUpdate)
	if key.Deferrable != declared.Deferrable {
		words := deferrableAttributes(key.Deferrable)
		if len(words) == 0 {
			a.left(object, "the model makes it deferrable, and the database does not", ahead)
		}
		for _, word := range words {
			put(flagItem(word))
		}
	}
	if key.Match != "" && key.Match != declared.Match {
		put(textItem("match", strings.ToLower(key.Match)))
	}
	if key.NotValid && !declared.NotValid {
		put(flagItem("not_valid"))
	}
	if key.NoEnforce && !declared.NoEnforce {
		put(flagItem("not_enforced"))
	}
}
