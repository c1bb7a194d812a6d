package review

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/retort-db/retort/lint"
)

// SizeWords writes a size for people, "1,204,331 rows, 220 MB". What is not known, -1, is left out.
func SizeWords(size lint.Size) string {
	var words []string
	if size.Rows >= 0 {
		text := strconv.FormatInt(size.Rows, 10)
		for at := len(text) - 3; at > 0; at -= 3 {
			text = text[:at] + "," + text[at:]
		}
		unit := " rows"
		if size.Rows == 1 {
			unit = " row"
		}
		words = append(words, text+unit)
	}
	if size.Bytes >= 0 {
		words = append(words, bytesWords(size.Bytes))
	}
	if len(words) == 0 {
		return "size unknown"
	}
	return strings.Join(words, ", ")
}

// bytesWords counts in powers of 1024, as PostgreSQL's pg_size_pretty does.
func bytesWords(bytes int64) string {
	value, units := float64(bytes), []string{"bytes", "kB", "MB", "GB", "TB"}
	for len(units) > 1 && value >= 1024 {
		value, units = value/1024, units[1:]
	}
	if units[0] == "bytes" || value >= 10 {
		return fmt.Sprintf("%.0f %s", value, units[0])
	}
	return fmt.Sprintf("%.1f %s", value, units[0])
}
