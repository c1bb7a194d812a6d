package schema

// Enum is a PostgreSQL enum type. MySQL's ENUM is a column type.
type Enum struct {
	Name     Name     `json:"name"`
	Values   []string `json:"values"`
	Comment  string   `json:"comment,omitempty"`
	Foreign  string   `json:"foreign,omitempty"` // as in Table
	WasNamed []string `json:"was_named,omitempty"`
	Origin   Origin   `json:"origin,omitzero"`
}

// ObjectName returns the type's name.
func (e *Enum) ObjectName() Name { return e.Name }

// Domain is a PostgreSQL domain.
type Domain struct {
	Name      Name     `json:"name"`
	Type      string   `json:"type"`
	NotNull   bool     `json:"not_null,omitempty"`
	Default   string   `json:"default,omitempty"`
	Collation string   `json:"collation,omitempty"`
	Checks    []*Check `json:"checks,omitempty"`
	Comment   string   `json:"comment,omitempty"`
	Foreign   string   `json:"foreign,omitempty"`
}

// ObjectName returns the domain's name.
func (d *Domain) ObjectName() Name { return d.Name }

// Composite is a PostgreSQL composite type.
type Composite struct {
	Name    Name             `json:"name"`
	Fields  []CompositeField `json:"fields"`
	Comment string           `json:"comment,omitempty"`
	Foreign string           `json:"foreign,omitempty"`
}

// ObjectName returns the type's name.
func (c *Composite) ObjectName() Name { return c.Name }

// CompositeField is an attribute of a composite type.
type CompositeField struct {
	Name      string `json:"name"`
	Type      string `json:"type"`
	Collation string `json:"collation,omitempty"`
}

// Sequence is a sequence that no identity or serial column owns as its own (those are part of [Identity]).
type Sequence struct {
	Name      Name   `json:"name"`
	Type      string `json:"type,omitempty"`
	Start     *int64 `json:"start,omitempty"`
	Increment *int64 `json:"increment,omitempty"`
	Min       *int64 `json:"min,omitempty"`
	Max       *int64 `json:"max,omitempty"`
	Cache     *int64 `json:"cache,omitempty"`
	Cycle     bool   `json:"cycle,omitempty"`
	// OwnedBy is the column with which the sequence goes; zero for a free one.
	OwnedBy Dependency `json:"owned_by,omitzero"`
	Comment string     `json:"comment,omitempty"`
	Foreign string     `json:"foreign,omitempty"`
}

// ObjectName returns the sequence's name.
func (s *Sequence) ObjectName() Name { return s.Name }

// View is a view or a materialized view.
type View struct {
	Name         Name         `json:"name"`
	Materialized bool         `json:"materialized,omitempty"`
	Definition   string       `json:"definition"`        // the query, without CREATE VIEW … AS; on SQLite the whole statement
	Columns      []string     `json:"columns,omitempty"` // the column list, where the definition needs one
	Options      Options      `json:"options,omitempty"`
	Indexes      []*Index     `json:"indexes,omitempty"` // materialized views
	Comment      string       `json:"comment,omitempty"`
	DependsOn    []Dependency `json:"depends_on,omitempty"`
	Foreign      string       `json:"foreign,omitempty"`
}

// ObjectName returns the view's name.
func (v *View) ObjectName() Name { return v.Name }

// Function is a function, procedure or aggregate with its whole defining statement.
type Function struct {
	Name       Name         `json:"name"` // on PostgreSQL with argument types: "area(integer, integer)"
	Kind       string       `json:"kind"` // "function", "procedure", "aggregate"
	Definition string       `json:"definition"`
	Options    Options      `json:"options,omitempty"`
	Comment    string       `json:"comment,omitempty"`
	DependsOn  []Dependency `json:"depends_on,omitempty"`
	Foreign    string       `json:"foreign,omitempty"`
}

// ObjectName returns the function's name.
func (f *Function) ObjectName() Name { return f.Name }

// Trigger is a trigger with its whole defining statement. Trigger names are unique per table on PostgreSQL: there Name is
// "<table>/<trigger>" in the table's namespace.
type Trigger struct {
	Name       Name         `json:"name"`
	Trigger    string       `json:"trigger"` // the trigger's own name
	Table      Name         `json:"table"`
	Definition string       `json:"definition"`
	Enabled    string       `json:"enabled,omitempty"` // PostgreSQL: "disabled", "replica", "always"; "" is the usual state
	Options    Options      `json:"options,omitempty"`
	Comment    string       `json:"comment,omitempty"`
	DependsOn  []Dependency `json:"depends_on,omitempty"`
}

// ObjectName returns the trigger's identity, see [Trigger].
func (t *Trigger) ObjectName() Name { return t.Name }

// Extension is an installed PostgreSQL extension.
type Extension struct {
	Name    string `json:"name"`
	Schema  string `json:"schema,omitempty"`
	Version string `json:"version,omitempty"`
}

// ObjectName returns the extension's name; extensions have no namespace of their own.
func (e *Extension) ObjectName() Name { return Name{Name: e.Name} }

// Statistic is a PostgreSQL extended statistics object with its defining statement.
type Statistic struct {
	Name       Name   `json:"name"`
	Table      Name   `json:"table"`
	Definition string `json:"definition"`
	Comment    string `json:"comment,omitempty"`
}

// ObjectName returns the statistics object's name.
func (s *Statistic) ObjectName() Name { return s.Name }

// Dependency is a relation, or one column of it, that an object's definition uses. A function that it uses stands in
// Relation by its name with argument types, see [Function.Name].
type Dependency struct {
	Relation Name   `json:"relation,omitzero"`
	Column   string `json:"column,omitempty"`
}
