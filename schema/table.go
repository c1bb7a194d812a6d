package schema

// Table is a table with everything that belongs to it alone. Lists keep the order of the catalog or the declaration.
type Table struct {
	Name        Name          `json:"name"`
	Columns     []*Column     `json:"columns"`
	PrimaryKey  *PrimaryKey   `json:"primary_key,omitempty"`
	Uniques     []*Unique     `json:"uniques,omitempty"`
	ForeignKeys []*ForeignKey `json:"foreign_keys,omitempty"`
	Checks      []*Check      `json:"checks,omitempty"`
	Exclusions  []*Exclusion  `json:"exclusions,omitempty"`
	Indexes     []*Index      `json:"indexes,omitempty"`
	Comment     string        `json:"comment,omitempty"`
	Options     Options       `json:"options,omitempty"`

	// Partition is set for a partitioned table (By) and for a partition (Of, Bound).
	Partition *Partition `json:"partition,omitempty"`
	// Inherits lists the parents of PostgreSQL's table inheritance.
	Inherits []Name `json:"inherits,omitempty"`
	// Virtual is the text after USING of a SQLite virtual table, such as "fts5(title, body)".
	Virtual string `json:"virtual,omitempty"`

	// Foreign says why a table that was read is none of Retort's business: "extension postgis", "shadow table of notes".
	Foreign string `json:"foreign,omitempty"`
	// Unmanaged is the agreement, recorded by a baseline, that the models do not have the table and it stays.
	Unmanaged bool `json:"unmanaged,omitempty"`
	// Accepts holds what the database may have of the table's own attributes ("comment", options such as "engine"), by the
	// attribute, where the model leaves them open. A baseline records it, as [Column.Accepts].
	Accepts Options `json:"accepts,omitempty"`
	// Model is the Go type that the table comes from ("models.User"), where the table's name is not the one that bun derives
	// from it. Natural is that one, as far as a model was read. Both prove a rename: same type, other table.
	Model   string `json:"model,omitempty"`
	Natural string `json:"natural,omitempty"`
	// WasNamed holds the former names that the model declares, the newest first.
	WasNamed []string `json:"was_named,omitempty"`
	// IgnoredColumns names the columns that the model reads but does not define (bun's scanonly): if the database has such
	// a column it stays as it is, if not it is not added.
	IgnoredColumns []string `json:"ignored_columns,omitempty"`
	Origin         Origin   `json:"origin,omitzero"`
}

// ObjectName returns the table's name.
func (t *Table) ObjectName() Name { return t.Name }

// Column returns the column of that name, or nil.
func (t *Table) Column(name string) *Column { return find(t.Columns, name) }

// Unique returns the unique constraint of that name, or nil.
func (t *Table) Unique(name string) *Unique { return find(t.Uniques, name) }

// ForeignKey returns the foreign key of that name, or nil.
func (t *Table) ForeignKey(name string) *ForeignKey { return find(t.ForeignKeys, name) }

// Check returns the check constraint of that name, or nil.
func (t *Table) Check(name string) *Check { return find(t.Checks, name) }

// Exclusion returns the exclusion constraint of that name, or nil.
func (t *Table) Exclusion(name string) *Exclusion { return find(t.Exclusions, name) }

// Index returns the index of that name, or nil.
func (t *Table) Index(name string) *Index { return find(t.Indexes, name) }

// Part is anything that a table owns by a name.
type Part interface{ PartName() string }

func find[T Part](parts []T, name string) T {
	for _, part := range parts {
		if part.PartName() == name {
			return part
		}
	}
	var none T
	return none
}

// Column is a column of a table. Default, Generated and Identity exclude each other.
type Column struct {
	Name      string     `json:"name"`
	Type      string     `json:"type"` // with all arguments, without NOT NULL, COLLATE, CHARACTER SET; may be empty on SQLite
	NotNull   bool       `json:"not_null,omitempty"`
	Default   string     `json:"default,omitempty"` // SQL expression, "" for none
	Generated *Generated `json:"generated,omitempty"`
	Identity  *Identity  `json:"identity,omitempty"`
	Collation string     `json:"collation,omitempty"`
	Charset   string     `json:"charset,omitempty"` // MySQL
	Comment   string     `json:"comment,omitempty"`
	Options   Options    `json:"options,omitempty"`

	// Accepts holds, by attribute ("type", "default", "not_null" …), what the database may have instead of what the model
	// leaves to bun's defaults: the agreement to disagree that a baseline records.
	Accepts   Options  `json:"accepts,omitempty"`
	Unmanaged bool     `json:"unmanaged,omitempty"`
	WasNamed  []string `json:"was_named,omitempty"`
	// Field is the Go field that the column comes from ("Address.Street"), where the column's name is not the one that bun
	// derives from it. Natural is that one, as far as a model was read. Both prove a rename: same field, other column.
	Field   string `json:"field,omitempty"`
	Natural string `json:"natural,omitempty"`
	// Implied names the attributes ("type", "not_null", "default") that no tag states and bun's defaults chose.
	Implied []string `json:"implied,omitempty"`
	// Backfill is the SQL expression for existing rows when the column becomes NOT NULL, from the model.
	Backfill string `json:"backfill,omitempty"`
	Origin   Origin `json:"origin,omitzero"`
}

// PartName returns the column's name.
func (c *Column) PartName() string { return c.Name }

// Generated is the definition of a generated column.
type Generated struct {
	Expr   string `json:"expr"`
	Stored bool   `json:"stored,omitempty"`
}

// IdentityKind tells how a column numbers itself.
type IdentityKind string

// The ways of numbering.
const (
	// IdentityByDefault is PostgreSQL's GENERATED BY DEFAULT AS IDENTITY.
	IdentityByDefault IdentityKind = "by_default"
	// IdentityAlways is PostgreSQL's GENERATED ALWAYS AS IDENTITY.
	IdentityAlways IdentityKind = "always"
	// IdentitySerial is PostgreSQL's serial: an owned sequence and a nextval default, which Column.Default leaves out.
	// Column.Type is the plain integer type.
	IdentitySerial IdentityKind = "serial"
	// IdentityAutoIncrement is MySQL's AUTO_INCREMENT and SQLite's AUTOINCREMENT.
	IdentityAutoIncrement IdentityKind = "auto_increment"
)

// Identity makes a column number itself. Numbers that are nil have the engine's default.
type Identity struct {
	Kind      IdentityKind `json:"kind"`
	Start     *int64       `json:"start,omitempty"`
	Increment *int64       `json:"increment,omitempty"`
	Min       *int64       `json:"min,omitempty"`
	Max       *int64       `json:"max,omitempty"`
	Cache     *int64       `json:"cache,omitempty"`
	Cycle     bool         `json:"cycle,omitempty"`
	// Sequence is the sequence behind a PostgreSQL serial or identity column; its zero value means the usual name,
	// <table>_<column>_seq.
	Sequence Name `json:"sequence,omitzero"`
}

// Partition describes a partitioned table or a partition of one.
type Partition struct {
	By    string `json:"by,omitempty"`    // "RANGE (created_at)"; on MySQL everything after PARTITION BY
	Of    Name   `json:"of,omitzero"`     // PostgreSQL: the parent
	Bound string `json:"bound,omitempty"` // PostgreSQL: "FOR VALUES FROM (1) TO (10)"
}
