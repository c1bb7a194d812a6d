package ddl

import (
	"strconv"
	"strings"

	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/schema"
)

// changeType tells what a change of a column's type or collation costs. The server leaves the rows alone where the stored
// values are good for the new type as they are (ATColumnChangeRequiresRewrite in commands/tablecmds.c).
func (p postgresCost) changeType(table *schema.Table, old, column *schema.Column, using string) Effect {
	effect := postgresLocks(accessExclusive, table.Name)
	from, to := p.baseType(old.Type), p.baseType(column.Type)
	switch {
	case using != "" && !isPlainConversion(using, column):
		effect.Rewrites, effect.Reason = true, "the values are computed by USING"
	case p.isConstrainedDomain(column.Type) && postgresType(old.Type) != postgresType(column.Type):
		effect.Rewrites, effect.Reason = true, "the domain's constraint is checked for each row"
	case !keepsRows(from, to):
		effect.Rewrites, effect.Reason = true, shortType(from)+" values are stored unlike "+shortType(to)
		if zoned(from) != zoned(to) && strings.HasPrefix(from, "timestamp") && strings.HasPrefix(to, "timestamp") {
			effect.Reason = "unless the session's time zone is UTC"
		}
	default:
		p.keepRows(&effect, table, old, column, from != to)
	}
	return effect
}

// keepRows adds what is done without a rewrite: indexes are made anew if the values sort otherwise, checks are tried again.
func (p postgresCost) keepRows(effect *Effect, table *schema.Table, old, column *schema.Column, retyped bool) {
	sortsAnew := old.Collation != column.Collation || postgresType(old.Type) != "citext" && postgresType(column.Type) == "citext"
	if sortsAnew && hasIndexOn(table, column.Name) {
		effect.Builds, effect.Reason = true, "its indexes are sorted anew"
	}
	if !retyped {
		return
	}
	for _, check := range table.Checks {
		if postgresMentions(check.Expr, column.Name) && !check.NotValid && !check.NoEnforce {
			effect.Scans, effect.Reason = true, "the check "+check.Name+" is tried on every row again"
			return
		}
	}
}

// hasIndexOn reports whether an index or key of a table uses a column.
func hasIndexOn(table *schema.Table, column string) bool {
	parts := func(list []schema.IndexPart) bool {
		for _, part := range list {
			if part.Column == column || postgresMentions(part.Expr, column) {
				return true
			}
		}
		return false
	}
	for _, index := range table.Indexes {
		if parts(index.Parts) {
			return true
		}
	}
	for _, unique := range table.Uniques {
		if parts(schema.Columns(unique.Columns...)) {
			return true
		}
	}
	for _, exclusion := range table.Exclusions {
		for _, element := range exclusion.Elements {
			if parts([]schema.IndexPart{element.IndexPart}) {
				return true
			}
		}
	}
	return table.PrimaryKey != nil && parts(schema.Columns(table.PrimaryKey.Columns...))
}

// baseType returns the canonical type that values of a type are stored as: a domain's is that of what it is made of.
func (p postgresCost) baseType(kind string) string {
	canonical := postgresType(kind)
	for range 10 { // a domain over a domain
		domain := p.domain(canonical)
		if domain == nil {
			break
		}
		canonical = postgresType(domain.Type)
	}
	return canonical
}

func (p postgresCost) domain(kind string) *schema.Domain {
	for domain := range p.before.Domains.All() {
		if refersTo(kind, domain.Name) && !strings.HasSuffix(kind, "]") {
			return domain
		}
	}
	return nil
}

func (p postgresCost) isConstrainedDomain(kind string) bool {
	for range 10 {
		domain := p.domain(kind)
		if domain == nil {
			return false
		}
		if domain.NotNull || len(domain.Checks) > 0 {
			return true
		}
		kind = domain.Type
	}
	return false
}

// keepsRows reports whether values of one canonical type are valid values of another as they are stored.
func keepsRows(from, to string) bool {
	if from == to {
		return true
	}
	fromBase, toBase := bareType(from), bareType(to)
	switch {
	case strings.HasSuffix(from, "[]") || strings.HasSuffix(to, "[]"):
		return false // elements convert one by one
	case isTextPostgres(fromBase) && isTextPostgres(toBase):
		return widens(from, to)
	case fromBase == "xml" && isTextPostgres(toBase), fromBase == "cidr" && to == "inet":
		return toBase == to
	case fromBase != toBase:
		return false
	}
	switch fromBase {
	case "numeric":
		fromPrecision, fromScale, _ := strings.Cut(argumentsOf(from), ",")
		toPrecision, toScale, _ := strings.Cut(argumentsOf(to), ",")
		return to == toBase || from != fromBase && fromScale == toScale && number(fromPrecision) <= number(toPrecision)
	case "bit varying":
		return widens(from, to)
	case "timestamp without time zone", "timestamp with time zone", "time without time zone", "time with time zone", "interval":
		return to == toBase || argumentsOf(to) == "6" || from != fromBase && number(argumentsOf(from)) <= number(argumentsOf(to))
	}
	return false
}

// isTextPostgres reports whether a type without its arguments holds text without padding.
func isTextPostgres(base string) bool {
	return base == "text" || base == "character varying" || base == "citext"
}

// widens reports whether the length that a type allows does not shrink.
func widens(from, to string) bool {
	limit := argumentsOf(to)
	return limit == "" || argumentsOf(from) != "" && number(argumentsOf(from)) <= number(limit)
}

func zoned(canonical string) bool { return strings.Contains(canonical, "with time zone") }

// argumentsOf returns "10,2" of "numeric(10,2)".
func argumentsOf(canonical string) string {
	_, rest, _ := strings.Cut(canonical, "(")
	arguments, _, _ := strings.Cut(rest, ")")
	return arguments
}

func number(digits string) int {
	n, err := strconv.Atoi(strings.TrimSpace(digits))
	if err != nil {
		return 0
	}
	return n
}

// shortType returns the everyday name of a canonical type.
func shortType(canonical string) string {
	canonical = strings.Replace(canonical, "character varying", "varchar", 1)
	canonical = strings.Replace(canonical, " without time zone", "", 1)
	if base, zone := strings.CutSuffix(canonical, " with time zone"); zone {
		return strings.Replace(strings.Replace(base, "timestamp", "timestamptz", 1), "time(", "timetz(", 1)
	}
	return canonical
}

// isPlainConversion reports whether a USING expression says no more than the change of type does: the column, or a cast of
// it to the new type.
func isPlainConversion(using string, column *schema.Column) bool {
	tokens := trimParens(sqltext.Significant(schema.Postgres, using))
	value := tokens
	for i, token := range tokens {
		if token.Text == "::" {
			if postgresType(joinTokens(tokens[i+1:])) != postgresType(column.Type) {
				return false
			}
			value = trimParens(tokens[:i])
			break
		}
	}
	if len(value) != 1 {
		return false
	}
	name, ok := value[0].Ident()
	return ok && name == column.Name
}

func joinTokens(tokens []sqltext.Token) string {
	texts := make([]string, len(tokens))
	for i, token := range tokens {
		texts[i] = token.Text
	}
	return strings.Join(texts, " ")
}

// trimParens takes off the parentheses that enclose all of the tokens.
func trimParens(tokens []sqltext.Token) []sqltext.Token {
	for len(tokens) >= 2 && tokens[0].Text == "(" && closing(tokens) == len(tokens)-1 {
		tokens = tokens[1 : len(tokens)-1]
	}
	return tokens
}

// closing returns the place of the parenthesis that closes the first one.
func closing(tokens []sqltext.Token) int {
	depth := 0
	for i, token := range tokens {
		switch token.Text {
		case "(":
			depth++
		case ")":
			depth--
			if depth == 0 {
				return i
			}
		}
	}
	return -1
}

// isNotNullCheck reports whether an expression is "column IS NOT NULL", or such conditions joined by AND.
func isNotNullCheck(expr, column string) bool {
	return provesIn(sqltext.Significant(schema.Postgres, expr), column)
}

func provesIn(tokens []sqltext.Token, column string) bool {
	tokens = trimParens(tokens)
	depth, from := 0, 0
	var parts [][]sqltext.Token
	for i, token := range tokens {
		switch {
		case token.Text == "(":
			depth++
		case token.Text == ")":
			depth--
		case depth == 0 && token.Is("OR"):
			return false
		case depth == 0 && token.Is("AND"):
			parts = append(parts, tokens[from:i])
			from = i + 1
		}
	}
	if len(parts) > 0 {
		for _, part := range append(parts, tokens[from:]) {
			if provesIn(part, column) {
				return true
			}
		}
		return false
	}
	if len(tokens) != 4 || !tokens[1].Is("IS") || !tokens[2].Is("NOT") || !tokens[3].Is("NULL") {
		return false
	}
	name, ok := tokens[0].Ident()
	return ok && (name == column || tokens[0].Kind == sqltext.Word && strings.ToLower(name) == column)
}
