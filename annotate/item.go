package annotate

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/schema"
)

// item is one item of a ddl tag.
type item struct {
	key  string
	text string // without a dialect
	// named says that the item names an object, so that it cannot stand on several tables.
	named bool
}

// ranks is the order of items in a tag: the column first, then what is made of it.
var ranks = map[string]int{
	"type": 1, "enum": 1, "identity": 2, "generated": 2, "notnull": 3, "null": 3, "default": 4, "charset": 5, "collate": 6,
	"comment": 7, "check": 10, "unique": 11, "references": 12, "index": 13,
}

// rank is the item's place; options of columns and tables stand between the column and its constraints.
func (i item) rank() int {
	if rank, known := ranks[i.key]; known {
		return rank
	}
	return 8
}

func flagItem(key string) item { return item{key: key, text: key} }

func textItem(key, value string) item { return item{key: key, text: key + ":" + quoteText(value)} }

func sqlItem(key, value string) item { return item{key: key, text: key + ":" + protect(value)} }

// object returns an item that names an object: "index(unique,where:a > 0):ix_a".
func objectItem(key string, attributes []string, name string) item {
	text := key
	if len(attributes) > 0 {
		text += "(" + strings.Join(attributes, ",") + ")"
	}
	if name != "" {
		text += ":" + quoteText(name)
	}
	return item{key: key, text: text, named: true}
}

// quoteText quotes a text where its end would not be clear.
func quoteText(text string) string {
	for i, r := range text {
		if r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (i == 0 || r < '0' || r > '9') {
			return "'" + strings.ReplaceAll(text, "'", "''") + "'"
		}
	}
	return text
}

// protect puts SQL with a comma outside of parentheses and quotes into parentheses.
func protect(sql string) string {
	depth := 0
	for _, token := range sqltext.Tokens("", sql) {
		switch {
		case token.Is("("), token.Is("["):
			depth++
		case token.Is(")"), token.Is("]"):
			depth--
		case token.Is(",") && depth == 0:
			return "(" + sql + ")"
		}
	}
	return sql
}

// optionItems are the items for options, by the option's key.
var (
	columnOptions = map[string]string{
		schema.OptionStorage: "storage", schema.OptionCompression: "compression", schema.OptionStatistics: "statistics",
		schema.OptionInvisible: "invisible", schema.OptionOnUpdate: "update_default",
	}
	tableOptions = map[string]string{
		schema.OptionEngine: "engine", schema.OptionRowFormat: "row_format", schema.OptionSystemVersioned: "system_versioned",
		schema.OptionStrict: "strict", schema.OptionWithoutRowID: "without_rowid", schema.OptionUnlogged: "unlogged",
		schema.OptionTablespace: "tablespace", schema.OptionAccessMethod: "access_method", schema.OptionWith: "with",
		schema.OptionCollation: "collate", schema.OptionCharset: "charset",
	}
)

func optionItem(items map[string]string, key, value string) (item, bool) {
	name, known := items[key]
	switch {
	case !known:
		return item{}, false
	case key == schema.OptionWith:
		return item{key: name, text: name + ":(" + value + ")"}, true
	case key == schema.OptionOnUpdate:
		return sqlItem(name, value), true
	case value == "":
		return flagItem(name), true
	}
	return textItem(name, value), true
}

func identityItem(identity *schema.Identity) item {
	var attributes []string
	if identity.Kind == schema.IdentityAlways {
		attributes = append(attributes, "always")
	}
	for _, number := range []struct {
		name  string
		value *int64
	}{{"start", identity.Start}, {"increment", identity.Increment}, {"min", identity.Min}, {"max", identity.Max}, {"cache", identity.Cache}} {
		if number.value != nil {
			attributes = append(attributes, number.name+":"+strconv.FormatInt(*number.value, 10))
		}
	}
	if identity.Cycle {
		attributes = append(attributes, "cycle")
	}
	one := objectItem("identity", attributes, "")
	one.named = false
	return one
}

func generatedItem(generated *schema.Generated) item {
	if generated.Stored {
		return sqlItem("generated", generated.Expr)
	}
	return item{key: "generated", text: "generated(virtual):" + protect(generated.Expr)}
}

func enumItem(enum *schema.Enum) item {
	values := make([]string, len(enum.Values))
	for i, value := range enum.Values {
		values[i] = quoteText(value)
	}
	// Several columns may have one type.
	return item{key: "enum", text: "enum(" + strings.Join(values, ",") + "):" + quoteText(enum.Name.String())}
}

// indexItem returns the item of an index. On the field of its only column, the column is not named.
func indexItem(dialect schema.Dialect, index *schema.Index, onField bool) (one item, ok bool) {
	var attributes []string
	add := func(wanted bool, text string) {
		if wanted {
			attributes = append(attributes, text)
		}
	}
	if onField {
		attributes = partAttributes(index.Parts[0])
	} else {
		parts := make([]string, len(index.Parts))
		for i, part := range index.Parts {
			parts[i] = partText(dialect, part)
		}
		attributes = append(attributes, "on:("+strings.Join(parts, ",")+")")
	}
	add(index.Unique, "unique")
	add(index.Method != "", "using:"+quoteText(index.Method))
	add(index.Where != "", "where:"+protect(index.Where))
	add(len(index.Include) > 0, "include:("+strings.Join(quoteNames(dialect, index.Include), ",")+")")
	add(index.NullsNotDistinct, "nulls_not_distinct")
	add(index.Comment != "", "comment:"+quoteText(index.Comment))
	for _, option := range index.Options {
		switch option.Key {
		case schema.OptionWith:
			add(true, "with:("+option.Value+")")
		case schema.OptionParser:
			add(true, "parser:"+quoteText(option.Value))
		case schema.OptionInvisible:
			add(true, "invisible")
		default:
			return item{}, false
		}
	}
	return objectItem("index", attributes, index.Name), true
}

func partAttributes(part schema.IndexPart) []string {
	var out []string
	add := func(wanted bool, text string) {
		if wanted {
			out = append(out, text)
		}
	}
	add(part.Desc, "desc")
	add(part.Nulls != "", "nulls:"+strings.ToLower(string(part.Nulls)))
	add(part.OpClass != "", "opclass:"+protect(part.OpClass))
	add(part.Collation != "", "collate:"+quoteText(part.Collation))
	add(part.Length != 0, fmt.Sprintf("length:%d", part.Length))
	return out
}

// partText writes a part as in SQL.
func partText(dialect schema.Dialect, part schema.IndexPart) string {
	text := spellPart(dialect, part.Expr)
	if part.Column != "" {
		text = quoteNames(dialect, []string{part.Column})[0]
	}
	if part.Length != 0 {
		text += fmt.Sprintf("(%d)", part.Length)
	}
	if part.Collation != "" {
		text += " COLLATE " + quoteNames(dialect, []string{part.Collation})[0]
	}
	if part.OpClass != "" {
		text += " " + part.OpClass
	}
	if part.Desc {
		text += " DESC"
	}
	if part.Nulls != "" {
		text += " NULLS " + string(part.Nulls)
	}
	return text
}

// quoteNames quotes names that are no plain words, in the manner that ddl tags and every engine understand.
func quoteNames(dialect schema.Dialect, names []string) []string {
	quote := `"`
	if dialect == schema.MySQL {
		quote = "`"
	}
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = name
		if quoteText(name) != name {
			out[i] = quote + strings.ReplaceAll(name, quote, quote+quote) + quote
		}
	}
	return out
}

func uniqueItem(dialect schema.Dialect, unique *schema.Unique, onField bool) (one item, ok bool) {
	var attributes []string
	if !onField {
		attributes = append(attributes, "on:("+strings.Join(quoteNames(dialect, unique.Columns), ",")+")")
	}
	if len(unique.Include) > 0 {
		attributes = append(attributes, "include:("+strings.Join(quoteNames(dialect, unique.Include), ",")+")")
	}
	if unique.NullsNotDistinct {
		attributes = append(attributes, "nulls_not_distinct")
	}
	attributes = append(attributes, deferrableAttributes(unique.Deferrable)...)
	if unique.Comment != "" {
		attributes = append(attributes, "comment:"+quoteText(unique.Comment))
	}
	for _, option := range unique.Options {
		if option.Key != schema.OptionOnConflict {
			return item{}, false
		}
		attributes = append(attributes, "on_conflict:"+strings.ToLower(option.Value))
	}
	return objectItem("unique", attributes, unique.Name), len(unique.Parts) == 0
}

func deferrableAttributes(deferrable schema.Deferrable) []string {
	switch deferrable {
	case schema.InitiallyDeferred:
		return []string{"deferred"}
	case schema.InitiallyNow:
		return []string{"deferrable"}
	}
	return nil
}

func checkItem(check *schema.Check) (one item, ok bool) {
	var attributes []string
	add := func(wanted bool, text string) {
		if wanted {
			attributes = append(attributes, text)
		}
	}
	add(check.Name != "", "name:"+quoteText(check.Name))
	add(check.NoInherit, "no_inherit")
	add(check.NotValid, "not_valid")
	add(check.NoEnforce, "not_enforced")
	add(check.Comment != "", "comment:"+quoteText(check.Comment))
	one = objectItem("check", attributes, "")
	one.text += ":" + protect(check.Expr)
	return one, len(check.Options) == 0
}

// keyAttributes are what a foreign key says beside its columns.
func keyAttributes(key *schema.ForeignKey) []string {
	var out []string
	if key.OnDelete != schema.NoAction {
		out = append(out, "on_delete:"+strings.ToLower(string(key.OnDelete)))
	}
	if key.OnUpdate != schema.NoAction {
		out = append(out, "on_update:"+strings.ToLower(string(key.OnUpdate)))
	}
	out = append(out, deferrableAttributes(key.Deferrable)...)
	if key.Match != "" {
		out = append(out, "match:"+strings.ToLower(key.Match))
	}
	if key.NotValid {
		out = append(out, "not_valid")
	}
	if key.NoEnforce {
		out = append(out, "not_enforced")
	}
	return out
}

func referencesItem(dialect schema.Dialect, key *schema.ForeignKey, onField bool) (one item, ok bool) {
	var attributes []string
	if !onField {
		attributes = append(attributes, "on:("+strings.Join(quoteNames(dialect, key.Columns), ",")+")")
	}
	if key.Name != "" {
		attributes = append(attributes, "name:"+quoteText(key.Name))
	}
	attributes = append(attributes, keyAttributes(key)...)
	if len(key.SetColumns) > 0 {
		attributes = append(attributes, "set:("+strings.Join(quoteNames(dialect, key.SetColumns), ",")+")")
	}
	if key.Comment != "" {
		attributes = append(attributes, "comment:"+quoteText(key.Comment))
	}
	one = objectItem("references", attributes, "")
	one.text += ":" + key.RefTable.String() + "(" + strings.Join(quoteNames(dialect, key.RefColumns), ",") + ")"
	return one, true
}
