package schema

import (
	"runtime"
	"slices"
)

// Declaration is what a model's DDL method talks to: it declares about the model's table what bun's tags have no words
// for.
//
//	func (*Product) DDL(t *schema.Declaration) {
//		t.Index("ix_products_live", "lower(sku)", "price DESC").Where("deleted_at IS NULL")
//		t.Check("products_price_check", "price >= 0")
//		t.Column("sku").Collate("C").Comment("stock keeping unit")
//		t.On(schema.Postgres, func(t *schema.Declaration) {
//			t.Exclude("bookings_room_excl", "room WITH =", "during WITH &&").Using("gist")
//		})
//	}
//
// The method is called on a zero value of the model, once for each engine that is asked for. It only records; what it
// declares is checked against the model's columns afterwards. A name may be empty: the object then gets the
// conventional one. Columns are named as in the database.
type Declaration struct {
	server   Server
	origin   Origin
	fixed    bool // origin is exact
	specific bool // inside On
	declared *Declared
}

// NewDeclaration returns an empty declaration for a model's table on a server. The origin is where objects say they were
// declared; its line is refined by the place of each call.
func NewDeclaration(server Server, origin Origin) *Declaration {
	return &Declaration{server: server, origin: origin, declared: &Declared{}}
}

// At returns a view of the same declaration whose objects say that they were declared exactly there.
func (d *Declaration) At(origin Origin) *Declaration {
	at := *d
	at.origin, at.fixed = origin, true
	return &at
}

// Declared returns what was recorded so far.
func (d *Declaration) Declared() *Declared { return d.declared }

// Dialect returns the dialect that the model is being read for.
func (d *Declaration) Dialect() Dialect { return d.server.Dialect }

// Server returns the product and version that the model is being read for, as far as they are known.
func (d *Declaration) Server() Server { return d.server }

// On declares for one dialect only: declare is called if the model is being read for it. What it says about an attribute
// goes before what is said for all dialects.
func (d *Declaration) On(dialect Dialect, declare func(t *Declaration)) {
	if d.server.Dialect == dialect {
		on := *d
		on.specific = true
		declare(&on)
	}
}

// Comment sets the table's comment. SQLite has none and leaves it out.
func (d *Declaration) Comment(text string) *Declaration {
	return d.attribute(DeclaredAttribute{Key: AttributeComment, Value: text})
}

// Was gives former names of the table, so that a new name is a rename and not a new table.
func (d *Declaration) Was(names ...string) *Declaration {
	for _, name := range names {
		d.attribute(DeclaredAttribute{Key: AttributeWas, Value: name})
	}
	return d
}

// Set sets an option of the table that only some engine knows, by one of the keys of this package, such as
// [OptionEngine] or [OptionStrict].
func (d *Declaration) Set(key, value string) *Declaration {
	return d.attribute(DeclaredAttribute{Key: AttributeOption + key, Value: value})
}

// PartitionBy partitions the table: "RANGE (created_at)".
func (d *Declaration) PartitionBy(text string) *Declaration {
	return d.attribute(DeclaredAttribute{Key: AttributePartitionBy, Value: text})
}

// Column declares about one column of the model.
func (d *Declaration) Column(name string) *ColumnDeclaration {
	return &ColumnDeclaration{declaration: d.At(d.here(1)), column: name, specific: d.specific}
}

// Index declares an index. Each part is a column or an expression, with what SQL allows behind it: "owner_id",
// "created_at DESC NULLS LAST", "lower(email)", "name COLLATE \"C\"", "title gin_trgm_ops", "body(64)".
func (d *Declaration) Index(name string, parts ...string) *IndexDeclaration {
	index := &DeclaredIndex{Index: &Index{Name: name, Origin: d.here(1)}, Parts: slices.Clone(parts)}
	d.declared.Indexes = append(d.declared.Indexes, index)
	return &IndexDeclaration{index}
}

// Unique declares a unique constraint over columns, or names the one that the bun tag "unique" makes over them.
func (d *Declaration) Unique(name string, columns ...string) *UniqueDeclaration {
	unique := &Unique{Name: name, Columns: slices.Clone(columns), Origin: d.here(1)}
	d.declared.Uniques = append(d.declared.Uniques, unique)
	return &UniqueDeclaration{unique}
}

// PrimaryKey names the primary key that the bun tags "pk" make, and may give its columns another order.
func (d *Declaration) PrimaryKey(name string, columns ...string) *PrimaryKeyDeclaration {
	key := &PrimaryKey{Name: name, Columns: slices.Clone(columns), Origin: d.here(1)}
	d.declared.PrimaryKeys = append(d.declared.PrimaryKeys, key)
	return &PrimaryKeyDeclaration{key}
}

// Check declares a check constraint.
func (d *Declaration) Check(name, expr string) *CheckDeclaration {
	check := &Check{Name: name, Expr: expr, Origin: d.here(1)}
	d.declared.Checks = append(d.declared.Checks, &DeclaredCheck{Check: check})
	return &CheckDeclaration{check}
}

// ForeignKey declares a foreign key over columns, or names and refines the one that a relation makes over them. Follow
// it by [ForeignKeyDeclaration.References].
func (d *Declaration) ForeignKey(name string, columns ...string) *ForeignKeyDeclaration {
	key := &ForeignKey{Name: name, Columns: slices.Clone(columns), Origin: d.here(1)}
	declared := &DeclaredForeignKey{ForeignKey: key}
	d.declared.ForeignKeys = append(d.declared.ForeignKeys, declared)
	return &ForeignKeyDeclaration{declared}
}

// Exclude declares an exclusion constraint (PostgreSQL). Each element is written as in SQL: "room WITH =".
func (d *Declaration) Exclude(name string, elements ...string) *ExclusionDeclaration {
	exclusion := &DeclaredExclusion{Exclusion: &Exclusion{Name: name, Origin: d.here(1)}, Elements: slices.Clone(elements)}
	d.declared.Exclusions = append(d.declared.Exclusions, exclusion)
	return &ExclusionDeclaration{exclusion}
}

// Enum declares an enum type (PostgreSQL), for columns whose type names it. [ColumnDeclaration.Enum] declares one for a
// column on every engine.
func (d *Declaration) Enum(name string, values ...string) *EnumDeclaration {
	enum := &Enum{Name: ParseName(name), Values: slices.Clone(values), Origin: d.here(1)}
	d.declared.Enums = append(d.declared.Enums, &DeclaredEnum{Enum: enum})
	return &EnumDeclaration{enum}
}

func (d *Declaration) attribute(attribute DeclaredAttribute) *Declaration {
	attribute.Origin, attribute.Specific = d.here(2), d.specific
	d.declared.Attributes = append(d.declared.Attributes, attribute)
	return d
}

// here returns the origin of what the caller's caller declares; depth is the number of frames of this package between
// here and the user's code.
func (d *Declaration) here(depth int) Origin {
	origin := d.origin
	if d.fixed {
		return origin
	}
	if _, file, line, ok := runtime.Caller(depth + 1); ok {
		origin.File, origin.Line = file, line
	}
	return origin
}
