package autogen

import "github.com/retort-db/retort/schema"

// AsRecorded returns a database's schema in the words of the revisions that made it: where a catalog says the same as a
// revision in another spelling ("character varying" for varchar), the revision's is taken, and with it the model's field.
// What is written about the schema, above all the way back, then reads like the revisions before it. What a baseline
// accepted stays in the catalog's words, since these are what it accepted.
func AsRecorded(current, recorded *schema.Schema) *schema.Schema {
	if current == nil || recorded == nil || current == recorded {
		return current
	}
	out := current.Clone()
	equality := Static(current.Server)
	for table := range out.Tables.All() {
		known := recorded.Table(table.Name)
		if known == nil {
			continue
		}
		columns := make(map[string]*schema.Column, len(known.Columns))
		for _, column := range known.Columns {
			columns[column.Name] = column
		}
		for _, column := range table.Columns {
			before := columns[column.Name]
			if before == nil || len(before.Accepts) > 0 {
				continue
			}
			column.Field = before.Field
			if equality.EqualDefaults(column.Type, before.Default, column.Default) {
				column.Default = before.Default
			}
			if equality.EqualTypes(before.Type, column.Type) {
				column.Type = before.Type
			}
		}
	}
	return out
}
