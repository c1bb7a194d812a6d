package driver

import (
	"math"

	"github.com/retort-db/retort/op"
)

// lost describes the operations that JSON does not carry whole: Go functions, and values whose type it does not tell.
func lost(list op.List) []string {
	var out []string
	for _, operation := range list {
		switch o := operation.(type) {
		case *op.Run:
			out = append(out, o.String())
		case *op.Exec:
			if o.Effect != nil || !plain(o.Args) {
				out = append(out, o.String())
			}
		case *op.Insert:
			for _, row := range o.Rows {
				if !plain(row) {
					out = append(out, o.String())
					break
				}
			}
		case *op.Batch:
			out = append(out, lost(o.Operations)...)
		}
	}
	return out
}

// plain reports whether values are the same after a journey through JSON.
func plain(values []any) bool {
	const exact = 1 << 53 // numbers are read as float64
	for _, value := range values {
		switch v := value.(type) {
		case nil, string, bool, int8, int16, int32, uint8, uint16, uint32:
		case int:
			if v > exact || v < -exact {
				return false
			}
		case int64:
			if v > exact || v < -exact {
				return false
			}
		case float64:
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return false
			}
		default:
			return false
		}
	}
	return true
}
