package reflect

import (
	"fmt"
	"slices"
	"strings"

	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/schema"
)

// modelItem applies an item on bun.BaseModel.
func (c *tagCollector) modelItem(item ddlItem) *TagError {
	t := c.declaration.At(c.origin)
	switch item.key {
	case "comment":
		c.attribute(item, schema.AttributeComment, item.value)
	case "was":
		t.Was(item.value)
	case "partition_by":
		c.attribute(item, schema.AttributePartitionBy, item.value)
	case "check":
		name, _ := item.attr("name")
		t.Check(name, item.value)
		checks := c.declaration.Declared().Checks
		refineCheck(checks[len(checks)-1].Check, item)
	case "enum":
		if len(item.values) == 0 || item.value == "" {
			return &TagError{Piece: item.text, Reason: "name and values are needed", WayOut: "write enum(draft,sent):invoice_state"}
		}
		t.Enum(item.value, item.values...)
	case "index":
		return c.index(item)
	case "unique":
		return c.unique(item)
	case "pk":
		c.primaryKey(item)
	case "references":
		on, found := item.attr("on")
		if !found {
			return &TagError{Piece: item.text, Reason: "the columns are missing", WayOut: "write references(on:(a,b)):t(x,y)"}
		}
		key, err := c.references(item)
		if err != nil {
			return err
		}
		key.Columns = identList(on)
		declared := c.declaration.Declared()
		declared.ForeignKeys = append(declared.ForeignKeys, key)
	case "exclude":
		c.exclude(t, item)
	default:
		if key, isOption := tableOptionKeys[item.key]; isOption {
			value := item.value
			if item.key == "with" {
				value = strings.Join(splitList(value), ", ")
			}
			c.attribute(item, schema.AttributeOption+key, value)
		}
	}
	return nil
}

func (c *tagCollector) exclude(t *schema.Declaration, item ddlItem) {
	name, _ := item.attr("name")
	exclusion := t.Exclude(name, splitList(item.value)...).Deferrable(deferrable(item))
	if using, found := item.attr("using"); found {
		exclusion.Using(using)
	}
	if where, found := item.attr("where"); found {
		exclusion.Where(where)
	}
	if comment, found := item.attr("comment"); found {
		exclusion.Comment(comment)
	}
}

// references reads "users(id)", with the attributes of a foreign key.
func (c *tagCollector) references(item ddlItem) (*schema.DeclaredForeignKey, *TagError) {
	key := &schema.DeclaredForeignKey{ForeignKey: &schema.ForeignKey{Origin: c.origin}}
	parsed, err := splitColumnSQL(c.r.server.Dialect, "x REFERENCES "+item.value)
	if err != nil || parsed.references == nil {
		return nil, &TagError{Piece: item.value, Reason: "a table and its columns are expected", WayOut: "write references:users(id)"}
	}
	target := parsed.references
	key.RefTable, key.RefColumns = target.RefTable, target.RefColumns
	key.OnDelete, key.OnUpdate = target.OnDelete, target.OnUpdate
	key.OnDeleteSet, key.OnUpdateSet = target.OnDelete != "", target.OnUpdate != ""
	key.Match, key.Deferrable = target.Match, target.Deferrable
	return key, c.refineKey(key, item.attrs)
}

// keyItems turns the items about foreign keys on one field into one key.
func (c *tagCollector) keyItems(field structField, items []ddlItem) {
	var key *schema.DeclaredForeignKey
	var refinements []ddlItem
	for _, item := range items {
		if item.dialect != "" && item.dialect != c.r.server.Dialect || field.role == baseModelField {
			continue
		}
		switch {
		case item.key == "references":
			found, err := c.references(item)
			if err != nil {
				c.fail(err)
				return
			}
			key = found
		case item.key == "fk":
			refinements = append(refinements, item.attrs...)
			refinements = append(refinements, ddlItem{key: "name", value: item.value, text: item.text})
		case item.key == "nofk":
			c.noKey(field)
			return
		case slices.Contains(keyRefinements, item.key):
			refinements = append(refinements, item)
		}
	}
	if key == nil && len(refinements) == 0 {
		return
	}
	if key == nil {
		key = &schema.DeclaredForeignKey{ForeignKey: &schema.ForeignKey{Origin: c.origin}}
	}
	if field.role == relationField {
		key.Relation = c.origin.Field
	} else {
		key.Columns = []string{c.column}
	}
	if err := c.refineKey(key, refinements); err != nil {
		c.fail(err)
		return
	}
	declared := c.declaration.Declared()
	declared.ForeignKeys = append(declared.ForeignKeys, key)
}

// noKey records that a relation, or the relations over a column, are no foreign key.
func (c *tagCollector) noKey(field structField) {
	target := c.column
	if field.role == relationField {
		target = relationTarget(c.origin.Field)
	}
	declared := c.declaration.Declared()
	declared.Attributes = append(declared.Attributes, schema.DeclaredAttribute{
		Column: target, Key: schema.AttributeNoForeignKey, Value: "true", Origin: c.origin,
	})
}

// relationTarget is what stands for a relation where else a column's name does. No column is called so.
func relationTarget(field string) string { return "\x00relation " + field }

// actions are the referential actions as tags write them.
var actions = map[string]schema.Action{
	"cascade": schema.Cascade, "restrict": schema.Restrict, "set null": schema.SetNull, "set default": schema.SetDefault,
	"no action": schema.NoAction,
}

func parseAction(text string) (schema.Action, bool) {
	words := strings.Fields(strings.ToLower(strings.ReplaceAll(text, "_", " ")))
	action, known := actions[strings.Join(words, " ")]
	return action, known
}

func (c *tagCollector) refineKey(key *schema.DeclaredForeignKey, items []ddlItem) *TagError {
	for _, item := range items {
		switch item.key {
		case "name":
			if item.value != "" {
				key.Name = c.prefix + item.value
			}
		case "on_delete", "on_update":
			action, known := parseAction(item.value)
			if !known {
				return &TagError{Piece: item.key + ":" + item.value, Reason: "unknown action",
					WayOut: didYouMean(item.value, []string{"cascade", "restrict", "set null", "set default", "no action"})}
			}
			if item.key == "on_delete" {
				key.OnDelete, key.OnDeleteSet = action, true
			} else {
				key.OnUpdate, key.OnUpdateSet = action, true
			}
		case "deferrable":
			if key.Deferrable == schema.NotDeferrable {
				key.Deferrable = schema.InitiallyNow
			}
		case "deferred":
			key.Deferrable = schema.InitiallyDeferred
		case "match":
			if !strings.EqualFold(item.value, "full") && !strings.EqualFold(item.value, "simple") {
				return &TagError{Piece: "match:" + item.value, Reason: "unknown match", WayOut: "use full or simple"}
			}
			if strings.EqualFold(item.value, "full") {
				key.Match = "FULL"
			}
		case "not_valid":
			key.NotValid = true
		case "not_enforced":
			key.NoEnforce = true
		case "comment":
			key.Comment = item.value
		case "set":
			key.SetColumns = identList(item.value)
		}
	}
	return nil
}

// indexPart reads one part of an index key: a column or an expression with what SQL allows behind it.
func indexPart(dialect schema.Dialect, text string, columns func(string) bool) (schema.IndexPart, error) {
	text = strings.TrimSpace(text)
	if columns(text) {
		return schema.IndexPart{Column: text}, nil
	}
	p := clauseParser{dialect: dialect, text: text, tokens: sqltext.Significant(dialect, text)}
	if p.done() {
		return schema.IndexPart{}, fmt.Errorf("a part of the index is empty")
	}
	part := schema.IndexPart{}
	end := trailingOrder(&p, &part)
	p.tokens = p.tokens[:end]
	if name, isIdent := p.peek(0).Ident(); isIdent && !p.peek(1).Is("(") && !p.peek(1).Is(".") {
		p.pos = 1
		if partTail(&p, &part) {
			column, found := resolveColumn(dialect, p.tokens[0], name, columns)
			if !found {
				return part, &unknownColumnError{name}
			}
			part.Column = column
			return part, nil
		}
	}
	if length, isPrefix := prefixLength(dialect, &p); isPrefix {
		name, _ := p.tokens[0].Ident()
		if column, found := resolveColumn(dialect, p.tokens[0], name, columns); found {
			part.Column, part.Length = column, length
			return part, nil
		}
	}
	p.pos = 0
	if p.peek(0).Kind == sqltext.Word && p.peek(1).Is("(") {
		p.pos++
	}
	p.skip()
	at := p.pos
	if !partTail(&p, &part) {
		part.Collation, part.OpClass = "", ""
		at = len(p.tokens)
	}
	part.Expr = withoutParentheses(p.textBetween(0, at))
	return part, nil
}

// trailingOrder reads ASC, DESC, NULLS FIRST and NULLS LAST at the end, and returns where they begin.
func trailingOrder(p *clauseParser, part *schema.IndexPart) int {
	end := len(p.tokens)
	if end > 2 && p.tokens[end-2].Is("NULLS") && (p.tokens[end-1].Is("FIRST") || p.tokens[end-1].Is("LAST")) {
		part.Nulls = schema.NullsOrder(strings.ToUpper(p.tokens[end-1].Text))
		end -= 2
	}
	if end > 1 && (p.tokens[end-1].Is("DESC") || p.tokens[end-1].Is("ASC")) {
		part.Desc = p.tokens[end-1].Is("DESC")
		end--
	}
	return end
}

// partTail reads COLLATE and an operator class up to the end. It reports whether nothing else was there.
func partTail(p *clauseParser, part *schema.IndexPart) bool {
	if p.accept("COLLATE") {
		part.Collation = p.identifier()
	}
	if token := p.peek(0); token.Kind == sqltext.Word && p.dialect == schema.Postgres {
		start := p.pos
		p.identifier()
		if p.peek(0).Is("(") {
			p.skip()
		}
		part.OpClass = p.textBetween(start, p.pos)
	}
	return p.pos >= len(p.tokens)
}

func prefixLength(dialect schema.Dialect, p *clauseParser) (int, bool) {
	if dialect != schema.MySQL || len(p.tokens) != 4 || !p.tokens[1].Is("(") || p.tokens[2].Kind != sqltext.Number {
		return 0, false
	}
	var length int
	_, err := fmt.Sscanf(p.tokens[2].Text, "%d", &length)
	return length, err == nil && p.tokens[3].Is(")")
}

func withoutParentheses(expr string) string {
	for strings.HasPrefix(expr, "(") && endOfParenthesis(expr) == len(expr) {
		expr = strings.TrimSpace(expr[1 : len(expr)-1])
	}
	return expr
}

// resolveColumn finds the column that an identifier in SQL means.
func resolveColumn(dialect schema.Dialect, token sqltext.Token, name string, columns func(string) bool) (string, bool) {
	if columns(name) {
		return name, true
	}
	if lower := strings.ToLower(name); columns(lower) && (dialect != schema.Postgres || token.Kind == sqltext.Word) {
		return lower, true
	}
	return "", false
}

// unknownColumnError says that something names a column that the model does not have.
type unknownColumnError struct{ name string }

func (e *unknownColumnError) Error() string { return fmt.Sprintf("there is no column %q", e.name) }
