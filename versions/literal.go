package versions

import (
	"database/sql/driver"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/retort-db/retort/schema"
)

// sqliteTime is how bun writes a time on SQLite.
const sqliteTime = "2006-01-02 15:04:05.999999-07:00"

// literal writes a bound value as SQL text, for scripts that run without a driver. It takes what database/sql takes.
// Bun's own formatter would do, but its name changed between the releases that Retort serves.
func literal(dialect schema.Dialect, value any) (string, error) {
	plain, err := driver.DefaultParameterConverter.ConvertValue(value)
	if err != nil {
		return "", fmt.Errorf("%T cannot be written as SQL: %w", value, err)
	}
	switch plain := plain.(type) {
	case nil:
		return "NULL", nil
	case bool:
		if dialect == schema.SQLite {
			return map[bool]string{true: "1", false: "0"}[plain], nil
		}
		return strings.ToUpper(strconv.FormatBool(plain)), nil
	case int64:
		return strconv.FormatInt(plain, 10), nil
	case float64:
		if math.IsNaN(plain) || math.IsInf(plain, 0) {
			if dialect != schema.Postgres {
				return "", fmt.Errorf("%v cannot be written as SQL", plain)
			}
			return "'" + strconv.FormatFloat(plain, 'g', -1, 64) + "'::double precision", nil
		}
		return strconv.FormatFloat(plain, 'g', -1, 64), nil
	case string:
		return textLiteral(dialect, plain)
	case []byte:
		if dialect == schema.Postgres {
			return `'\x` + hex.EncodeToString(plain) + "'::bytea", nil
		}
		return "X'" + hex.EncodeToString(plain) + "'", nil
	case time.Time:
		layout := "2006-01-02 15:04:05.999999999Z07:00"
		switch dialect {
		case schema.MySQL:
			layout = "2006-01-02 15:04:05.999999"
		case schema.SQLite:
			layout = sqliteTime
		}
		return "'" + plain.UTC().Format(layout) + "'", nil
	}
	return "", fmt.Errorf("%T cannot be written as SQL", value)
}

// textLiteral writes a text. MySQL reads backslashes inside quotes unless its sql_mode says otherwise, so a text with one
// is written in hexadecimal there.
func textLiteral(dialect schema.Dialect, text string) (string, error) {
	if strings.ContainsRune(text, 0) && dialect != schema.MySQL {
		return "", fmt.Errorf("a text with a NUL character cannot be written as SQL")
	}
	if dialect == schema.MySQL && strings.ContainsAny(text, "\\\x00") {
		return "CONVERT(X'" + hex.EncodeToString([]byte(text)) + "' USING utf8mb4)", nil
	}
	quoted := "'" + strings.ReplaceAll(text, "'", "''") + "'"
	if dialect == schema.Postgres && strings.Contains(text, `\`) {
		return "E" + strings.ReplaceAll(quoted, `\`, `\\`), nil
	}
	return quoted, nil
}
