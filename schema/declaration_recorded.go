package schema

// Declared is what a [Declaration] recorded, in the order of the calls. Nothing in it is checked yet.
type Declared struct {
	Attributes  []DeclaredAttribute
	Indexes     []*DeclaredIndex
	Uniques     []*Unique
	PrimaryKeys []*PrimaryKey
	Checks      []*DeclaredCheck
	ForeignKeys []*DeclaredForeignKey
	Exclusions  []*DeclaredExclusion
	Enums       []*DeclaredEnum
}

// Empty reports whether nothing was declared.
func (d *Declared) Empty() bool {
	return len(d.Attributes) == 0 && len(d.Indexes) == 0 && len(d.Uniques) == 0 && len(d.PrimaryKeys) == 0 &&
		len(d.Checks) == 0 && len(d.ForeignKeys) == 0 && len(d.Exclusions) == 0 && len(d.Enums) == 0
}

// The keys of attributes. An option of the table or column is AttributeOption followed by the option's key.
const (
	AttributeType             = "type"
	AttributeDefault          = "default"
	AttributeNotNull          = "not_null"
	AttributeCollation        = "collation"
	AttributeCharset          = "charset"
	AttributeComment          = "comment"
	AttributeGeneratedStored  = "generated_stored"
	AttributeGeneratedVirtual = "generated_virtual"
	AttributeIdentity         = "identity"
	AttributeEnum             = "enum"
	AttributeWas              = "was"
	AttributeBackfill         = "backfill"
	AttributePartitionBy      = "partition_by"
	AttributeNoForeignKey     = "no_foreign_key"
	AttributeOption           = "option "
)

// DeclaredAttribute is one attribute of a column, or of the table if Column is empty.
type DeclaredAttribute struct {
	Column   string
	Key      string
	Value    string
	Identity *Identity // of AttributeIdentity
	// Specific marks what was declared for one engine: it goes before what was declared for all.
	Specific bool
	Origin   Origin
}

// DeclaredIndex is an index whose parts are still text.
type DeclaredIndex struct {
	*Index
	Parts []string
}

// DeclaredCheck is a check constraint. Column is set if it was declared on a column, whose name an unnamed check bears.
type DeclaredCheck struct {
	*Check
	Column string
}

// DeclaredForeignKey is a foreign key. Relation is the Go field of the relation that it refines, if any.
type DeclaredForeignKey struct {
	*ForeignKey
	Relation string
	// OnDeleteSet and OnUpdateSet tell an explicit NO ACTION from none said.
	OnDeleteSet, OnUpdateSet bool
}

// DeclaredExclusion is an exclusion constraint whose elements are still text.
type DeclaredExclusion struct {
	*Exclusion
	Elements []string
}

// DeclaredEnum is an enum. Column is set if it was declared on a column.
type DeclaredEnum struct {
	*Enum
	Column string
}
