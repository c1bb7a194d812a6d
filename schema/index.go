package schema

// Index is an index that belongs to no constraint.
type Index struct {
	Name             string      `json:"name"`
	Unique           bool        `json:"unique,omitempty"`
	Method           string      `json:"method,omitempty"` // "gin", "hash", "fulltext", "spatial"; "" is the engine's default, btree
	Parts            []IndexPart `json:"parts"`
	Include          []string    `json:"include,omitempty"`            // PostgreSQL
	Where            string      `json:"where,omitempty"`              // PostgreSQL, SQLite; no outer parentheses
	NullsNotDistinct bool        `json:"nulls_not_distinct,omitempty"` // PostgreSQL 15+
	Comment          string      `json:"comment,omitempty"`
	Options          Options     `json:"options,omitempty"`

	// Invalid marks an index that the server does not use, such as a failed CREATE INDEX CONCURRENTLY.
	Invalid bool `json:"invalid,omitempty"`
	// Implicit marks an index that the engine made for a foreign key (MySQL). It is no difference that a model lacks it.
	Implicit bool `json:"implicit,omitempty"`
	// NameImplied says that the name is the convention's and not the model's: a index of the same definition under
	// another name is the same index.
	NameImplied bool   `json:"name_implied,omitempty"`
	Unmanaged   bool   `json:"unmanaged,omitempty"`
	Origin      Origin `json:"origin,omitzero"`
}

// PartName returns the index' name.
func (i *Index) PartName() string { return i.Name }

// Columns returns the names of the plain columns of the key, in order; expressions are left out.
func (i *Index) Columns() []string {
	var columns []string
	for _, part := range i.Parts {
		if part.Column != "" {
			columns = append(columns, part.Column)
		}
	}
	return columns
}

// IndexPart is one column or expression of an index key. Exactly one of Column and Expr is set.
type IndexPart struct {
	Column    string     `json:"column,omitempty"`
	Expr      string     `json:"expr,omitempty"` // no outer parentheses
	Desc      bool       `json:"desc,omitempty"`
	Nulls     NullsOrder `json:"nulls,omitempty"`
	Collation string     `json:"collation,omitempty"`
	OpClass   string     `json:"opclass,omitempty"` // with its parameters: "gin_trgm_ops", "gist_trgm_ops(siglen=32)"
	Length    int        `json:"length,omitempty"`  // MySQL: prefix length
}

// NullsOrder is where NULLs sort. The zero value is PostgreSQL's default: last when ascending, first when descending.
type NullsOrder string

// The explicit orders.
const (
	NullsDefault NullsOrder = ""
	NullsFirst   NullsOrder = "FIRST"
	NullsLast    NullsOrder = "LAST"
)

// Columns returns index parts for plain columns.
func Columns(names ...string) []IndexPart {
	parts := make([]IndexPart, len(names))
	for i, name := range names {
		parts[i].Column = name
	}
	return parts
}
