package reflect

import (
	"maps"
	"slices"
)

// itemSpec is what an item of a ddl tag takes.
type itemSpec struct {
	value       valueKind
	attrs       map[string]itemSpec
	listsValues bool // the parenthesis holds values, not attributes
	onField     bool
	onModel     bool
}

// valueKind is what a value is.
type valueKind struct {
	kind     valueClass
	required bool
	example  string
}

type valueClass int

const (
	noValue   valueClass = iota
	textValue            // quotes are taken off
	sqlValue             // quotes belong to it
	listValue            // names, in parentheses if there are several
)

var (
	flag     = itemSpec{}
	optional = valueKind{kind: textValue}
)

func text(example string) itemSpec { return itemSpec{value: valueKind{textValue, true, example}} }
func sqlText(example string) itemSpec {
	return itemSpec{value: valueKind{sqlValue, true, example}}
}
func list(example string) itemSpec { return itemSpec{value: valueKind{listValue, true, example}} }

func onField(spec itemSpec) itemSpec {
	spec.onField = true
	return spec
}

func onModel(spec itemSpec) itemSpec {
	spec.onModel = true
	return spec
}

func onBoth(spec itemSpec) itemSpec { return onField(onModel(spec)) }

func with(attrs map[string]itemSpec, spec itemSpec) itemSpec {
	spec.attrs = attrs
	return spec
}

var indexAttrs = map[string]itemSpec{
	"name": text("ix_users_email"), "unique": flag, "using": text("gin"), "where": sqlText("deleted_at IS NULL"),
	"include": list("(name, email)"), "nulls_not_distinct": flag, "comment": text("'for the search'"),
	"with": sqlText("(fillfactor=70)"), "parser": text("ngram"), "invisible": flag,
	"on": list("(lower(email), created_at DESC)"),
	// of the field's part of the key
	"expr": sqlText("lower(email)"), "desc": flag, "asc": flag, "nulls": text("last"), "opclass": sqlText("gin_trgm_ops"),
	"collate": text("C"), "length": text("64"), "order": text("2"),
}

var uniqueAttrs = map[string]itemSpec{
	"name": text("users_email_key"), "include": list("(name)"), "nulls_not_distinct": flag, "deferrable": flag,
	"deferred": flag, "comment": text("'why'"), "on": list("(tenant_id, email)"), "order": text("2"),
	"on_conflict": text("replace"),
}

var keyAttrs = map[string]itemSpec{
	"name": text("fk_owner"), "on_delete": text("cascade"), "on_update": text("cascade"), "deferrable": flag,
	"deferred": flag, "match": text("full"), "not_valid": flag, "not_enforced": flag, "comment": text("'why'"),
	"on": list("(a, b)"), "set": list("(a)"),
}

// ddlItems are the items of a ddl tag.
var ddlItems = map[string]itemSpec{
	"-":       onModel(flag),
	"comment": onBoth(text("'What it is for'")),
	"was":     onBoth(text("old_name")),
	"index":   onBoth(with(indexAttrs, itemSpec{value: optional})),
	"unique":  onBoth(with(uniqueAttrs, itemSpec{value: optional})),
	"check": onBoth(with(map[string]itemSpec{
		"name": text("price_positive"), "no_inherit": flag, "not_valid": flag, "not_enforced": flag, "comment": text("'why'"),
	}, sqlText("price > 0"))),
	"pk": onBoth(with(map[string]itemSpec{
		"on": list("(a, b)"), "include": list("(c)"), "deferrable": flag, "deferred": flag,
	}, itemSpec{value: optional})),
	"enum":       onBoth(itemSpec{value: optional, listsValues: true}),
	"references": onBoth(with(keyAttrs, sqlText("users(id)"))),
	"collate":    onBoth(text("C")),
	"charset":    onBoth(text("utf8mb4")),

	"type":    onField(sqlText("uuid")),
	"default": onField(sqlText("gen_random_uuid()")),
	"notnull": onField(flag),
	"null":    onField(flag),
	"generated": onField(with(map[string]itemSpec{
		"stored": flag, "virtual": flag,
	}, sqlText("price * 2"))),
	"identity": onField(with(map[string]itemSpec{
		"always": flag, "by_default": flag, "start": text("1000"), "increment": text("10"), "min": text("1"),
		"max": text("9999"), "cache": text("20"), "cycle": flag,
	}, itemSpec{})),
	"backfill": onField(sqlText("'unknown'")),
	"fk":       onField(with(keyAttrs, itemSpec{value: optional})),
	"nofk":     onField(flag),
	// of the field's foreign key
	"on_delete": onField(text("cascade")), "on_update": onField(text("cascade")), "deferrable": onField(flag),
	"deferred": onField(flag), "match": onField(text("full")), "not_valid": onField(flag), "not_enforced": onField(flag),
	// options of columns
	"storage": onField(text("external")), "compression": onField(text("lz4")), "statistics": onField(text("500")),
	"invisible": onField(flag), "update_default": onField(sqlText("CURRENT_TIMESTAMP")),

	"exclude": onModel(with(map[string]itemSpec{
		"name": text("bookings_room_excl"), "using": text("gist"), "where": sqlText("NOT cancelled"), "deferrable": flag,
		"deferred": flag, "comment": text("'why'"),
	}, itemSpec{value: valueKind{listValue, true, "(room WITH =, during WITH &&)"}})),
	"partition_by": onModel(sqlText("RANGE (created_at)")),
	// options of tables
	"engine": onModel(text("InnoDB")), "row_format": onModel(text("DYNAMIC")), "system_versioned": onModel(flag),
	"strict": onModel(flag), "without_rowid": onModel(flag), "unlogged": onModel(flag),
	"tablespace": onModel(text("fast")), "access_method": onModel(text("heap")), "with": onModel(sqlText("(fillfactor=70)")),
}

// tableOptionKeys are the items that set an option of the table, by the option's key.
var tableOptionKeys = map[string]string{
	"engine": "engine", "row_format": "row_format", "system_versioned": "system_versioned", "strict": "strict",
	"without_rowid": "without_rowid", "unlogged": "unlogged", "tablespace": "tablespace", "access_method": "access_method",
	"with": "with", "collate": "collation", "charset": "charset",
}

// columnOptionKeys are the items that set an option of the column, by the option's key.
var columnOptionKeys = map[string]string{
	"storage": "storage", "compression": "compression", "statistics": "statistics", "invisible": "invisible",
	"update_default": "on_update",
}

// keyRefinements are the items on a field that refine its foreign key.
var keyRefinements = []string{"on_delete", "on_update", "deferrable", "deferred", "match", "not_valid", "not_enforced"}

func sortedKeys(items map[string]itemSpec) []string { return slices.Sorted(maps.Keys(items)) }
