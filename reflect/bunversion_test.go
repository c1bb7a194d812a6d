package reflect_test

import "github.com/uptrace/bun"

// autoincrementNotNull is what bun's autoincrement adds to a column that is neither key nor serial: nothing at first, NOT
// NULL in later versions.
var autoincrementNotNull = map[bool]string{true: "", false: " not null"}[bun.Version() == "1.2.9"]
