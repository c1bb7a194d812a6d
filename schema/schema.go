package schema

// Schema is the content of one database, or the part of it that its reader was asked for.
type Schema struct {
	Server Server `json:"server"`

	// DefaultNamespace is what names without a namespace stand in: "public", the database's name, "main".
	DefaultNamespace string `json:"default_namespace,omitempty"`

	// Namespaces lists the namespaces besides the default one that the schema's reader covered.
	Namespaces []string `json:"namespaces,omitempty"`

	Tables     Objects[*Table]     `json:"tables,omitzero"`
	Enums      Objects[*Enum]      `json:"enums,omitzero"`
	Domains    Objects[*Domain]    `json:"domains,omitzero"`
	Composites Objects[*Composite] `json:"composites,omitzero"`
	Sequences  Objects[*Sequence]  `json:"sequences,omitzero"`
	Views      Objects[*View]      `json:"views,omitzero"`
	Functions  Objects[*Function]  `json:"functions,omitzero"`
	Triggers   Objects[*Trigger]   `json:"triggers,omitzero"`
	Extensions Objects[*Extension] `json:"extensions,omitzero"`
	Statistics Objects[*Statistic] `json:"statistics,omitzero"`

	// Unmodelled names what the reader saw and this model has no place for.
	Unmodelled []Unmodelled `json:"unmodelled,omitempty"`

	// Problems lists the objects that could not be read. Nothing may be concluded from their absence.
	Problems []Problem `json:"problems,omitempty"`
}

// New returns an empty schema for a server.
func New(server Server) *Schema { return &Schema{Server: server} }

// Table returns the table of that name, or nil.
func (s *Schema) Table(name Name) *Table {
	table, _ := s.Tables.Get(name)
	return table
}

// Unmodelled is an object, or a class of objects, that exists in a database but that Schema does not describe, such as
// grants or row-security policies.
type Unmodelled struct {
	Kind  string `json:"kind"`           // "policy", "publication", "event trigger" …
	Name  string `json:"name,omitempty"` // empty if the objects are only counted
	Count int    `json:"count,omitempty"`
}

// TemporaryObject begins the kind of what a connection has for itself, such as "temporary view". It is named because it can
// stand in the way of changes on that connection.
const TemporaryObject = "temporary"

// Problem is an object that could not be read, and why.
type Problem struct {
	Object string `json:"object"` // "table sales.orders"
	Reason string `json:"reason"`
}
