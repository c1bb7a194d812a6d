package reflect

import "github.com/retort-db/retort/schema"

// TagItem is one item of a ddl tag, as programs that edit tags need it.
type TagItem struct {
	Dialect schema.Dialect // "" is all
	Key     string         // "index", "default"
	Text    string         // the whole item as written
}

// TagItems takes a ddl tag apart. The error, a [*TagError], is the first item that is not understood.
func TagItems(tag string) ([]TagItem, error) {
	items, errs := parseDDLTag(tag, ddlItems)
	if len(errs) > 0 {
		return nil, errs[0]
	}
	out := make([]TagItem, len(items))
	for i, item := range items {
		out[i] = TagItem{Dialect: item.dialect, Key: item.key, Text: item.text}
	}
	return out, nil
}
