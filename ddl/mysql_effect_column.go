package ddl

import (
	"slices"
	"strings"

	"github.com/retort-db/retort/internal/mysqltext"
	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// alterColumn tells how a column is altered: the costliest way that one of its changes needs.
func (m mysqlCosts) alterColumn(o *op.AlterColumn) way {
	old := columnIn(m.table, o.Name)
	if old == nil {
		return m.copy("the column is not known")
	}
	column := old.Clone()
	for _, attribute := range o.Attributes {
		op.CopyAttribute(column, &o.To, attribute)
	}
	w := way{algorithm: instant}
	worse := func(other way) {
		if costlier(w.algorithm, other.algorithm) != w.algorithm || other.algorithm == w.algorithm && other.rebuilds && !w.rebuilds {
			w = other
		}
	}
	for _, attribute := range o.Attributes {
		worse(m.changeAttribute(old, column, attribute))
	}
	if o.Position != (op.Position{}) {
		moved := m.rebuild("the columns change their order")
		if m.isMariaDB() {
			moved = m.instantColumn(true)
		}
		worse(moved)
	}
	return w
}

func (m mysqlCosts) changeAttribute(old, column *schema.Column, attribute op.Attribute) way {
	switch attribute {
	case op.TypeAttribute:
		return m.changeType(old, column)
	case op.NotNullAttribute:
		return m.changeNull(old, column)
	case op.DefaultAttribute, op.CommentAttribute:
		return way{algorithm: instant}
	case op.CharsetAttribute:
		if old.Charset == column.Charset {
			return way{algorithm: instant}
		}
		return m.copy("the texts are converted")
	case op.CollationAttribute:
		return m.changeCollation(old, column)
	case op.GeneratedAttribute:
		if isVirtual(old) && isVirtual(column) && m.isMariaDB() {
			return way{algorithm: instant}
		}
		return m.copy("the generated values are computed anew")
	case op.IdentityAttribute:
		w := m.copy("the rows are numbered")
		w.shared = true
		return w
	case op.OptionAttribute(schema.OptionInvisible), op.OptionAttribute(schema.OptionOnUpdate):
		return way{algorithm: instant}
	}
	return m.copy(string(attribute) + " changes how the values are stored")
}

func (m mysqlCosts) changeNull(old, column *schema.Column) way {
	if old.NotNull == column.NotNull {
		return way{algorithm: instant}
	}
	if column.NotNull && m.isMariaDB() && keepsGenerated(m.table) {
		return m.copy("MariaDB copies a table that keeps the values of generated columns")
	}
	return m.rebuild("whether a column may be NULL is part of each row's format")
}

func (m mysqlCosts) changeCollation(old, column *schema.Column) way {
	switch {
	case charsetIn(old.Collation) != charsetIn(column.Collation) && old.Collation != "" && column.Collation != "":
		return m.copy("the texts are converted")
	case !isIndexed(m.table, column.Name):
		return m.metadata()
	case m.isMariaDB():
		return way{algorithm: nocopy, builds: true, reason: "its indexes are sorted anew"}
	}
	return m.copy("its indexes are sorted anew")
}

func charsetIn(collation string) string {
	charset, _, _ := strings.Cut(collation, "_")
	return charset
}

// changeType: only longer texts and lists with more values at the end are no change of what is stored.
func (m mysqlCosts) changeType(old, column *schema.Column) way {
	from, to := strings.ToLower(firstWord(old.Type)), strings.ToLower(firstWord(column.Type))
	reason := old.Type + " values are stored unlike " + column.Type
	switch {
	case EqualTypes(m.server, old.Type, column.Type) == Equal:
		return way{algorithm: instant}
	case from == to && (from == "enum" || from == "set"):
		if appends(old.Type, column.Type, from) {
			return way{algorithm: instant}
		}
		return m.copy("the values are numbered by their place in the list")
	case from == to && (from == "varchar" || from == "varbinary"):
		return m.lengthen(old, column, from == "varbinary", reason)
	}
	return m.copy(reason)
}

// appends reports whether a list only gains values at its end, and numbers of the same size do.
func appends(from, to, kind string) bool {
	old, list := listOf(from), listOf(to)
	if len(list) < len(old) || !slices.Equal(old, list[:len(old)]) {
		return false
	}
	size := func(n int) int {
		if kind == "enum" {
			if n < 256 {
				return 1
			}
			return 2
		}
		if bytes := (n + 7) / 8; bytes <= 4 {
			return bytes
		}
		return 8
	}
	return size(len(old)) == size(len(list))
}

// listOf returns the values of an ENUM or SET type.
func listOf(kind string) []string {
	var values []string
	for _, token := range sqltext.Significant(schema.MySQL, kind) {
		if token.Kind == sqltext.String {
			value, ok := mysqltext.Unquote(token.Text)
			if !ok {
				value = token.Text
			}
			values = append(values, value)
		}
	}
	return values
}

// lengthen: a text is stored with one byte for its length if it may have up to 255 bytes, and with two otherwise. MariaDB
// changes the one into the other in place if values had up to 127 bytes, whose length it stores alike.
func (m mysqlCosts) lengthen(old, column *schema.Column, binary bool, reason string) way {
	before, after := number(argumentsOf(old.Type)), number(argumentsOf(column.Type))
	if after < before {
		return m.copy(reason)
	}
	smallest, largest := 1, 1
	if !binary {
		smallest, largest = m.bytesPerCharacter(column)
	}
	for width := smallest; width <= largest; width++ {
		crosses := before*width <= 255 && after*width > 255
		if crosses && !(m.isMariaDB() && before*width < 128) {
			return m.copy("texts of more than 255 bytes are stored with a longer length")
		}
	}
	return m.metadata()
}

// bytesPerCharacter returns how many bytes a character of a column may take, or the range that it lies in if no character
// set is stated anywhere.
func (m mysqlCosts) bytesPerCharacter(column *schema.Column) (smallest, largest int) {
	charset := column.Charset
	if charset == "" {
		charset = charsetIn(column.Collation)
	}
	if charset == "" && m.table != nil {
		charset = m.table.Options.Value(schema.OptionCharset)
		if charset == "" {
			charset = charsetIn(m.table.Options.Value(schema.OptionCollation))
		}
	}
	switch strings.ToLower(charset) {
	case "utf8mb4", "utf16", "utf16le", "utf32", "gb18030":
		return 4, 4
	case "utf8", "utf8mb3", "eucjpms", "ujis":
		return 3, 3
	case "ucs2", "gbk", "gb2312", "big5", "sjis", "cp932", "euckr":
		return 2, 2
	case "":
		return 1, 4
	}
	return 1, 1
}
