package mysqltext

import (
	"math"
	"strconv"
	"strings"
)

// SequenceBounds returns the least and the greatest number of MariaDB's sequences of a type, "" for bigint: those of the
// type, but for one at each end, and from 1 for unsigned types
// (https://mariadb.com/docs/server/reference/sql-structure/sequences/create-sequence). An increasing sequence begins with 1 and a decreasing
// one of a signed type ends with -1 unless it says otherwise.
func SequenceBounds(kind string) (least, most string) {
	base, isUnsigned := strings.CutSuffix(kind, " unsigned")
	bits, isKnown := map[string]uint{"tinyint": 8, "smallint": 16, "mediumint": 24, "int": 32}[base]
	if !isKnown {
		bits = 64
	}
	if isUnsigned {
		return "1", strconv.FormatUint(math.MaxUint64>>(64-bits)-1, 10)
	}
	top := uint64(math.MaxInt64) >> (64 - bits)
	return "-" + strconv.FormatUint(top, 10), strconv.FormatUint(top-1, 10)
}
