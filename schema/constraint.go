package schema

// PrimaryKey is the primary key of a table. Name is empty where the engine names it (MySQL) or the DDL did not.
type PrimaryKey struct {
	Name       string     `json:"name,omitempty"`
	Columns    []string   `json:"columns"`
	Include    []string   `json:"include,omitempty"`    // PostgreSQL
	Deferrable Deferrable `json:"deferrable,omitempty"` // PostgreSQL
	// Parts is set instead of the plain list of columns' meaning where a column has an order, a prefix length (MySQL) or
	// a collation (SQLite). It has one entry for each of Columns.
	Parts   []IndexPart `json:"parts,omitempty"`
	Comment string      `json:"comment,omitempty"` // PostgreSQL
	Options Options     `json:"options,omitempty"`
	// NameImplied says that the name is the convention's and not the model's: a constraint of the same definition under
	// another name is the same constraint.
	NameImplied bool   `json:"name_implied,omitempty"`
	Origin      Origin `json:"origin,omitzero"`
}

// PartName returns the constraint's name.
func (k *PrimaryKey) PartName() string { return k.Name }

// Unique is a unique constraint. A unique index that is no constraint is an [Index]; on MySQL, where both are one thing,
// a unique key over plain columns is a Unique.
type Unique struct {
	Name             string      `json:"name,omitempty"`
	Columns          []string    `json:"columns"`
	Include          []string    `json:"include,omitempty"`            // PostgreSQL
	NullsNotDistinct bool        `json:"nulls_not_distinct,omitempty"` // PostgreSQL 15+
	Deferrable       Deferrable  `json:"deferrable,omitempty"`         // PostgreSQL
	Parts            []IndexPart `json:"parts,omitempty"`              // as in PrimaryKey
	Comment          string      `json:"comment,omitempty"`
	Options          Options     `json:"options,omitempty"`
	Unmanaged        bool        `json:"unmanaged,omitempty"`
	// NameImplied says that the name is the convention's and not the model's: a constraint of the same definition under
	// another name is the same constraint.
	NameImplied bool   `json:"name_implied,omitempty"`
	Origin      Origin `json:"origin,omitzero"`
}

// PartName returns the constraint's name.
func (u *Unique) PartName() string { return u.Name }

// Action is what a foreign key does to the referring row.
type Action string

// The referential actions. NoAction is the zero value, since it is SQL's default.
const (
	NoAction   Action = ""
	Restrict   Action = "RESTRICT"
	Cascade    Action = "CASCADE"
	SetNull    Action = "SET NULL"
	SetDefault Action = "SET DEFAULT"
)

// Deferrable tells when a constraint is checked.
type Deferrable string

// The zero value is NOT DEFERRABLE.
const (
	NotDeferrable     Deferrable = ""
	InitiallyDeferred Deferrable = "DEFERRABLE INITIALLY DEFERRED"
	InitiallyNow      Deferrable = "DEFERRABLE INITIALLY IMMEDIATE"
)

// ForeignKey is a foreign key. RefColumns is empty where the DDL names none and the referenced primary key is meant
// (SQLite). Name is empty for an unnamed key (SQLite).
type ForeignKey struct {
	Name       string     `json:"name,omitempty"`
	Columns    []string   `json:"columns"`
	RefTable   Name       `json:"ref_table"`
	RefColumns []string   `json:"ref_columns,omitempty"`
	OnDelete   Action     `json:"on_delete,omitempty"`
	OnUpdate   Action     `json:"on_update,omitempty"`
	SetColumns []string   `json:"set_columns,omitempty"` // PostgreSQL 15+: ON DELETE SET NULL (a, b)
	Match      string     `json:"match,omitempty"`       // "FULL"; "" is SIMPLE
	Deferrable Deferrable `json:"deferrable,omitempty"`
	NotValid   bool       `json:"not_valid,omitempty"`    // PostgreSQL
	NoEnforce  bool       `json:"not_enforced,omitempty"` // PostgreSQL 18+
	Comment    string     `json:"comment,omitempty"`
	Unmanaged  bool       `json:"unmanaged,omitempty"`
	// NameImplied says that the name is the convention's and not the model's: a constraint of the same definition under
	// another name is the same constraint.
	NameImplied bool   `json:"name_implied,omitempty"`
	Origin      Origin `json:"origin,omitzero"`
}

// PartName returns the constraint's name.
func (f *ForeignKey) PartName() string { return f.Name }

// Check is a check constraint. Expr has no outer parentheses.
type Check struct {
	Name      string  `json:"name,omitempty"`
	Expr      string  `json:"expr"`
	NoInherit bool    `json:"no_inherit,omitempty"`   // PostgreSQL
	NotValid  bool    `json:"not_valid,omitempty"`    // PostgreSQL
	NoEnforce bool    `json:"not_enforced,omitempty"` // MySQL 8.0.16+, PostgreSQL 18+
	Comment   string  `json:"comment,omitempty"`
	Options   Options `json:"options,omitempty"`
	Unmanaged bool    `json:"unmanaged,omitempty"`
	// NameImplied says that the name is the convention's and not the model's: a constraint of the same definition under
	// another name is the same constraint.
	NameImplied bool   `json:"name_implied,omitempty"`
	Origin      Origin `json:"origin,omitzero"`
}

// PartName returns the constraint's name.
func (c *Check) PartName() string { return c.Name }

// Exclusion is PostgreSQL's exclusion constraint.
type Exclusion struct {
	Name       string             `json:"name,omitempty"`
	Method     string             `json:"method,omitempty"` // "gist"
	Elements   []ExclusionElement `json:"elements"`
	Include    []string           `json:"include,omitempty"`
	Where      string             `json:"where,omitempty"`
	Deferrable Deferrable         `json:"deferrable,omitempty"`
	Comment    string             `json:"comment,omitempty"`
	Options    Options            `json:"options,omitempty"`
	Unmanaged  bool               `json:"unmanaged,omitempty"`
	// NameImplied says that the name is the convention's and not the model's: a constraint of the same definition under
	// another name is the same constraint.
	NameImplied bool   `json:"name_implied,omitempty"`
	Origin      Origin `json:"origin,omitzero"`
}

// PartName returns the constraint's name.
func (e *Exclusion) PartName() string { return e.Name }

// ExclusionElement is one "part WITH operator" of an exclusion constraint.
type ExclusionElement struct {
	IndexPart
	Operator string `json:"operator"`
}
