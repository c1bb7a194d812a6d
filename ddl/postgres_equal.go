package ddl

import "github.com/retort-db/retort/schema"

func (postgresEngine) equalDefaults(_ schema.Server, columnType, a, b string) Verdict { return Unknown }
func (postgresEngine) equalExpressions(_ schema.Server, a, b string) Verdict          { return Unknown }
