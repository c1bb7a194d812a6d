package ddl

import (
	"encoding/hex"
	"math/big"
	"strings"

	"github.com/retort-db/retort/internal/mysqltext"
	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/schema"
)

// literalValue returns the characters or bytes that a literal stands for: the content of a string, the bytes of a hex
// literal, the digits of a number, "1" for TRUE.
func literalValue(text string) string {
	tokens := sqltext.Significant(schema.MySQL, text)
	last := tokens[len(tokens)-1]
	switch {
	case last.Is("true"):
		return "1"
	case last.Is("false"):
		return "0"
	case last.Kind == sqltext.Number && strings.HasPrefix(last.Text, "0x"):
		if raw, err := hex.DecodeString(last.Text[2:]); err == nil {
			return string(raw)
		}
	case last.Kind == sqltext.String && (last.Text[0] == 'x' || last.Text[0] == 'X'):
		if raw, err := hex.DecodeString(strings.Trim(last.Text[1:], "'")); err == nil {
			return string(raw)
		}
	case last.Kind == sqltext.String:
		if value, ok := mysqltext.Unquote(last.Text); ok {
			return value
		}
	}
	if len(tokens) == 2 && tokens[0].Is("-") {
		return "-" + last.Text
	}
	return last.Text
}

// canonicalNumber returns the value of a numeric literal, quoted or not, as a fraction that is equal for equal numbers.
func canonicalNumber(text, value string) (string, bool) {
	number := new(big.Rat)
	bits, isBits := strings.CutPrefix(strings.ToLower(text), "b'")
	if isBits {
		whole, ok := new(big.Int).SetString(strings.TrimSuffix(bits, "'"), 2)
		if !ok {
			return "", false
		}
		return number.SetInt(whole).RatString(), true
	}
	// Rat would take fractions and exponents of any size; a number of the server has neither.
	if len(value) > 400 || strings.ContainsAny(value, "/xXpP_") || strings.ContainsAny(value, "eE") && len(value) > 30 {
		return "", false
	}
	if at := strings.IndexAny(value, "eE"); at >= 0 && len(value)-at > 5 {
		return "", false
	}
	if _, ok := number.SetString(value); !ok {
		return "", false
	}
	return number.RatString(), true
}
