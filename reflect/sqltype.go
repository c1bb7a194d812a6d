package reflect

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/schema"
)

// columnSQL is a column definition in SQL, as users write it into bun's type: and default: tags, taken apart.
type columnSQL struct {
	sqlType    string
	notNull    bool
	null       bool
	def        string
	collation  string
	charset    string
	generated  *schema.Generated
	identity   *schema.Identity
	checks     []*schema.Check
	references *schema.ForeignKey
	unique     bool
	uniqueName string
	primaryKey bool
	comment    string
	onUpdate   string // MySQL: ON UPDATE CURRENT_TIMESTAMP
	autoNumber bool   // AUTO_INCREMENT, AUTOINCREMENT
	invisible  bool
}

// splitColumnSQL takes a column definition apart: "varchar(20) COLLATE x NOT NULL CHECK (a > 0)". The error says which
// piece was not understood; the text is then best used whole.
func splitColumnSQL(dialect schema.Dialect, text string) (columnSQL, error) {
	if isPlainType(text) {
		return columnSQL{sqlType: text}, nil
	}
	p := clauseParser{dialect: dialect, text: text, tokens: sqltext.Significant(dialect, text)}
	start := p.pos
	for !p.done() && !p.atClause() {
		p.skip()
	}
	p.out.sqlType = p.textBetween(start, p.pos)
	for !p.done() {
		if err := p.clause(); err != nil {
			return columnSQL{}, err
		}
	}
	return p.out, nil
}

// isPlainType reports whether a text is one word with at most arguments behind it, as most types are.
func isPlainType(text string) bool {
	word, _, _ := strings.Cut(text, "(")
	for i := range len(word) {
		if !isKeyByte(word[i]) {
			return false
		}
	}
	return len(word) == len(text) && !clauseWords[strings.ToUpper(word)] ||
		len(word) > 0 && endOfParenthesis(text[len(word):])+len(word) == len(text) && !clauseWords[strings.ToUpper(word)]
}

// clauseWords are the words with which a clause behind a type begins, or may begin.
var clauseWords = map[string]bool{
	"COLLATE": true, "GENERATED": true, "CHECK": true, "REFERENCES": true, "CONSTRAINT": true, "NULL": true, "DEFAULT": true,
	"UNIQUE": true, "COMMENT": true, "AUTO_INCREMENT": true, "AUTOINCREMENT": true, "INVISIBLE": true, "CHARSET": true,
	"STORED": true, "VIRTUAL": true, "AS": true,
}

type clauseParser struct {
	dialect schema.Dialect
	text    string
	tokens  []sqltext.Token
	pos     int
	name    string // of the constraint that follows
	out     columnSQL
}

func (p *clauseParser) done() bool { return p.pos >= len(p.tokens) }

func (p *clauseParser) peek(ahead int) sqltext.Token {
	if p.pos+ahead < len(p.tokens) {
		return p.tokens[p.pos+ahead]
	}
	return sqltext.Token{}
}

// accept moves over the words if all of them come next.
func (p *clauseParser) accept(words ...string) bool {
	for i, word := range words {
		if !p.peek(i).Is(word) {
			return false
		}
	}
	p.pos += len(words)
	return true
}

// skip moves over one token, or over all of a parenthesis.
func (p *clauseParser) skip() {
	depth := 0
	for !p.done() {
		switch token := p.tokens[p.pos]; {
		case token.Is("("), token.Is("["):
			depth++
		case token.Is(")"), token.Is("]"):
			depth--
		}
		p.pos++
		if depth <= 0 {
			return
		}
	}
}

// textBetween returns the source text of the tokens from one position up to another.
func (p *clauseParser) textBetween(from, to int) string {
	if from >= to {
		return ""
	}
	last := p.tokens[to-1]
	return strings.TrimSpace(p.text[p.tokens[from].Pos : last.Pos+len(last.Text)])
}

func (p *clauseParser) atClause() bool {
	token, next := p.peek(0), p.peek(1)
	if token.Kind != sqltext.Word {
		return false
	}
	switch word := strings.ToUpper(token.Text); word {
	case "NOT":
		return next.Is("NULL")
	case "PRIMARY":
		return next.Is("KEY")
	case "AS":
		return next.Is("(")
	case "CHARACTER":
		return next.Is("SET")
	case "ON":
		return next.Is("UPDATE")
	default:
		return clauseWords[word]
	}
}

func (p *clauseParser) clause() error {
	start := p.pos
	switch {
	case p.accept("NOT", "NULL"):
		p.out.notNull = true
	case p.accept("NULL"):
		p.out.null = true
	case p.accept("DEFAULT"):
		if p.done() {
			return fmt.Errorf("DEFAULT needs a value")
		}
		p.out.def = p.expression()
	case p.accept("COLLATE"):
		p.out.collation = p.identifier()
	case p.accept("CHARACTER", "SET"), p.accept("CHARSET"):
		p.accept("=")
		p.out.charset = p.identifier()
	case p.accept("COMMENT"):
		p.out.comment = unquoteSQL(p.peek(0).Text)
		p.pos++
	case p.accept("CONSTRAINT"):
		p.name = p.identifier()
	case p.accept("CHECK"):
		if !p.atParenthesis() {
			return fmt.Errorf("CHECK needs an expression in parentheses")
		}
		p.out.checks = append(p.out.checks, &schema.Check{Name: p.takeName(), Expr: p.parenthesis()})
	case p.accept("UNIQUE"):
		p.accept("KEY")
		p.out.unique, p.out.uniqueName = true, p.takeName()
	case p.accept("PRIMARY", "KEY"):
		p.out.primaryKey = true
		p.takeName()
	case p.accept("ON", "UPDATE"):
		p.out.onUpdate = p.expression()
	case p.accept("AUTO_INCREMENT"), p.accept("AUTOINCREMENT"):
		p.out.autoNumber = true
	case p.accept("INVISIBLE"):
		p.out.invisible = true
	case p.accept("REFERENCES"):
		return p.references()
	case p.accept("GENERATED"), p.peek(0).Is("AS"):
		return p.generated()
	default:
		return fmt.Errorf("%q is not understood", p.textBetween(start, len(p.tokens)))
	}
	if p.pos > len(p.tokens) || p.pos == start {
		return fmt.Errorf("%q ends too early", p.textBetween(start, len(p.tokens)))
	}
	return nil
}

func (p *clauseParser) takeName() string {
	name := p.name
	p.name = ""
	return name
}

// expression reads up to the next clause. Its first token always belongs to it: DEFAULT NULL.
func (p *clauseParser) expression() string {
	start := p.pos
	if !p.done() {
		p.skip()
	}
	for !p.done() && !p.atClause() {
		p.skip()
	}
	return p.textBetween(start, p.pos)
}

// identifier reads a name, with its qualifier as written if it has one.
func (p *clauseParser) identifier() string {
	start := p.pos
	token := p.peek(0)
	p.pos++
	for p.peek(0).Is(".") {
		p.pos += 2
	}
	if p.pos == start+1 {
		if ident, ok := token.Ident(); ok {
			return ident
		}
		return unquoteSQL(token.Text)
	}
	p.pos = min(p.pos, len(p.tokens))
	return p.textBetween(start, p.pos)
}

// atParenthesis reports whether a parenthesis comes next that is closed.
func (p *clauseParser) atParenthesis() bool {
	if !p.peek(0).Is("(") {
		return false
	}
	start := p.pos
	p.skip()
	last := p.tokens[p.pos-1]
	p.pos = start
	return last.Is(")")
}

// parenthesis reads "(…)" and returns what stands inside.
func (p *clauseParser) parenthesis() string {
	start := p.pos
	p.skip()
	inner := p.textBetween(start, p.pos)
	if !strings.HasPrefix(inner, "(") || !strings.HasSuffix(inner, ")") {
		return inner
	}
	return strings.TrimSpace(inner[1 : len(inner)-1])
}

func (p *clauseParser) names() []string {
	p.pos++ // (
	var names []string
	for !p.done() && !p.accept(")") {
		if name, ok := p.peek(0).Ident(); ok {
			names = append(names, name)
		}
		p.pos++
	}
	return names
}

func (p *clauseParser) references() error {
	key := &schema.ForeignKey{Name: p.takeName()}
	var parts []string
	for {
		name, ok := p.peek(0).Ident()
		if !ok {
			return fmt.Errorf("REFERENCES needs a table")
		}
		parts = append(parts, name)
		p.pos++
		if !p.accept(".") {
			break
		}
	}
	key.RefTable.Name = parts[len(parts)-1]
	if len(parts) > 1 {
		key.RefTable.Schema = parts[len(parts)-2]
	}
	if p.peek(0).Is("(") {
		key.RefColumns = p.names()
	}
	for {
		switch {
		case p.accept("ON", "DELETE"):
			action, ok := p.action()
			if !ok {
				return fmt.Errorf("%q is no referential action", p.peek(0).Text)
			}
			key.OnDelete = action
		case p.peek(0).Is("ON") && p.peek(1).Is("UPDATE"):
			p.pos += 2
			action, ok := p.action()
			if !ok {
				return fmt.Errorf("%q is no referential action", p.peek(0).Text)
			}
			key.OnUpdate = action
		case p.accept("MATCH", "FULL"):
			key.Match = "FULL"
		case p.accept("MATCH", "SIMPLE"):
		case p.accept("NOT", "DEFERRABLE"):
		case p.accept("DEFERRABLE"):
			key.Deferrable = schema.InitiallyNow
		case p.accept("INITIALLY", "DEFERRED"):
			key.Deferrable = schema.InitiallyDeferred
		case p.accept("INITIALLY", "IMMEDIATE"):
		case p.accept("NOT", "VALID"):
			key.NotValid = true
		default:
			p.out.references = key
			return nil
		}
	}
}

func (p *clauseParser) action() (schema.Action, bool) {
	switch {
	case p.accept("CASCADE"):
		return schema.Cascade, true
	case p.accept("RESTRICT"):
		return schema.Restrict, true
	case p.accept("SET", "NULL"):
		return schema.SetNull, true
	case p.accept("SET", "DEFAULT"):
		return schema.SetDefault, true
	case p.accept("NO", "ACTION"):
		return schema.NoAction, true
	}
	return "", false
}

func (p *clauseParser) generated() error {
	kind := schema.IdentityAlways
	if p.accept("BY", "DEFAULT") {
		kind = schema.IdentityByDefault
	} else {
		p.accept("ALWAYS")
	}
	if !p.accept("AS") {
		return fmt.Errorf("GENERATED needs AS")
	}
	if p.accept("IDENTITY") {
		p.out.identity = &schema.Identity{Kind: kind}
		if p.atParenthesis() {
			start := p.pos
			p.skip()
			return identityOptions(p.out.identity, p.tokens[start+1:p.pos-1])
		}
		return nil
	}
	if !p.atParenthesis() {
		return fmt.Errorf("GENERATED ALWAYS AS needs an expression in parentheses")
	}
	p.out.generated = &schema.Generated{Expr: p.parenthesis()}
	switch {
	case p.accept("STORED"), p.accept("PERSISTENT"):
		p.out.generated.Stored = true
	default:
		p.accept("VIRTUAL")
	}
	return nil
}

// identityOptions reads "START WITH 10 INCREMENT BY 2 …".
func identityOptions(identity *schema.Identity, tokens []sqltext.Token) error {
	targets := map[string]**int64{
		"START": &identity.Start, "INCREMENT": &identity.Increment, "MINVALUE": &identity.Min,
		"MAXVALUE": &identity.Max, "CACHE": &identity.Cache,
	}
	for i := 0; i < len(tokens); i++ {
		word := strings.ToUpper(tokens[i].Text)
		if word == "CYCLE" {
			identity.Cycle = true
			continue
		}
		target, known := targets[word]
		if !known {
			return fmt.Errorf("%q is no option of an identity", tokens[i].Text)
		}
		i++
		if i < len(tokens) && (tokens[i].Is("WITH") || tokens[i].Is("BY")) {
			i++
		}
		sign := ""
		if i < len(tokens) && tokens[i].Is("-") {
			sign = "-"
			i++
		}
		if i >= len(tokens) {
			return fmt.Errorf("%s needs a number", word)
		}
		number, err := strconv.ParseInt(sign+tokens[i].Text, 10, 64)
		if err != nil {
			return fmt.Errorf("%s needs a number, not %q", word, tokens[i].Text)
		}
		*target = &number
	}
	return nil
}

// unquoteSQL returns what a quoted string or name stands for; other text stays as it is.
func unquoteSQL(text string) string {
	if len(text) < 2 || (text[0] != '\'' && text[0] != '"') || text[len(text)-1] != text[0] {
		return text
	}
	quote := text[:1]
	return strings.ReplaceAll(text[1:len(text)-1], quote+quote, quote)
}
