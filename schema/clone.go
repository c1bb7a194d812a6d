package schema

import "slices"

// Clone returns a deep copy.
func (s *Schema) Clone() *Schema {
	if s == nil {
		return nil
	}
	out := *s
	out.Namespaces = slices.Clone(s.Namespaces)
	out.Tables = s.Tables.clone((*Table).Clone)
	out.Enums = s.Enums.clone((*Enum).Clone)
	out.Domains = s.Domains.clone((*Domain).Clone)
	out.Composites = s.Composites.clone((*Composite).Clone)
	out.Sequences = s.Sequences.clone((*Sequence).Clone)
	out.Views = s.Views.clone((*View).Clone)
	out.Functions = s.Functions.clone((*Function).Clone)
	out.Triggers = s.Triggers.clone((*Trigger).Clone)
	out.Extensions = s.Extensions.clone((*Extension).Clone)
	out.Statistics = s.Statistics.clone((*Statistic).Clone)
	out.Unmodelled = slices.Clone(s.Unmodelled)
	out.Problems = slices.Clone(s.Problems)
	return &out
}

// Clone returns a deep copy.
func (t *Table) Clone() *Table {
	if t == nil {
		return nil
	}
	out := *t
	out.Columns = cloneEach(t.Columns, (*Column).Clone)
	out.PrimaryKey = t.PrimaryKey.Clone()
	out.Uniques = cloneEach(t.Uniques, (*Unique).Clone)
	out.ForeignKeys = cloneEach(t.ForeignKeys, (*ForeignKey).Clone)
	out.Checks = cloneEach(t.Checks, (*Check).Clone)
	out.Exclusions = cloneEach(t.Exclusions, (*Exclusion).Clone)
	out.Indexes = cloneEach(t.Indexes, (*Index).Clone)
	out.Options = slices.Clone(t.Options)
	out.Accepts = slices.Clone(t.Accepts)
	out.Partition = clonePointer(t.Partition)
	out.Inherits = slices.Clone(t.Inherits)
	out.IgnoredColumns = slices.Clone(t.IgnoredColumns)
	out.WasNamed = slices.Clone(t.WasNamed)
	return &out
}

// Clone returns a deep copy.
func (c *Column) Clone() *Column {
	if c == nil {
		return nil
	}
	out := *c
	out.Generated = clonePointer(c.Generated)
	out.Identity = c.Identity.Clone()
	out.Options = slices.Clone(c.Options)
	out.Accepts = slices.Clone(c.Accepts)
	out.WasNamed = slices.Clone(c.WasNamed)
	out.Implied = slices.Clone(c.Implied)
	return &out
}

// Clone returns a deep copy.
func (i *Identity) Clone() *Identity {
	if i == nil {
		return nil
	}
	out := *i
	out.Start = clonePointer(i.Start)
	out.Increment = clonePointer(i.Increment)
	out.Min = clonePointer(i.Min)
	out.Max = clonePointer(i.Max)
	out.Cache = clonePointer(i.Cache)
	return &out
}

// Clone returns a deep copy.
func (k *PrimaryKey) Clone() *PrimaryKey {
	if k == nil {
		return nil
	}
	out := *k
	out.Columns = slices.Clone(k.Columns)
	out.Include = slices.Clone(k.Include)
	out.Parts = slices.Clone(k.Parts)
	out.Options = slices.Clone(k.Options)
	return &out
}

// Clone returns a deep copy.
func (u *Unique) Clone() *Unique {
	if u == nil {
		return nil
	}
	out := *u
	out.Columns = slices.Clone(u.Columns)
	out.Include = slices.Clone(u.Include)
	out.Parts = slices.Clone(u.Parts)
	out.Options = slices.Clone(u.Options)
	return &out
}

// Clone returns a deep copy.
func (f *ForeignKey) Clone() *ForeignKey {
	if f == nil {
		return nil
	}
	out := *f
	out.Columns = slices.Clone(f.Columns)
	out.RefColumns = slices.Clone(f.RefColumns)
	out.SetColumns = slices.Clone(f.SetColumns)
	return &out
}

// Clone returns a deep copy.
func (c *Check) Clone() *Check {
	if c == nil {
		return nil
	}
	out := *c
	out.Options = slices.Clone(c.Options)
	return &out
}

// Clone returns a deep copy.
func (e *Exclusion) Clone() *Exclusion {
	if e == nil {
		return nil
	}
	out := *e
	out.Elements = slices.Clone(e.Elements)
	out.Include = slices.Clone(e.Include)
	out.Options = slices.Clone(e.Options)
	return &out
}

// Clone returns a deep copy.
func (i *Index) Clone() *Index {
	if i == nil {
		return nil
	}
	out := *i
	out.Parts = slices.Clone(i.Parts)
	out.Include = slices.Clone(i.Include)
	out.Options = slices.Clone(i.Options)
	return &out
}

// Clone returns a deep copy.
func (e *Enum) Clone() *Enum {
	if e == nil {
		return nil
	}
	out := *e
	out.Values = slices.Clone(e.Values)
	out.WasNamed = slices.Clone(e.WasNamed)
	return &out
}

// Clone returns a deep copy.
func (d *Domain) Clone() *Domain {
	if d == nil {
		return nil
	}
	out := *d
	out.Checks = cloneEach(d.Checks, (*Check).Clone)
	return &out
}

// Clone returns a deep copy.
func (c *Composite) Clone() *Composite {
	if c == nil {
		return nil
	}
	out := *c
	out.Fields = slices.Clone(c.Fields)
	return &out
}

// Clone returns a deep copy.
func (s *Sequence) Clone() *Sequence {
	if s == nil {
		return nil
	}
	out := *s
	out.Start = clonePointer(s.Start)
	out.Increment = clonePointer(s.Increment)
	out.Min = clonePointer(s.Min)
	out.Max = clonePointer(s.Max)
	out.Cache = clonePointer(s.Cache)
	return &out
}

// Clone returns a deep copy.
func (v *View) Clone() *View {
	if v == nil {
		return nil
	}
	out := *v
	out.Columns = slices.Clone(v.Columns)
	out.Options = slices.Clone(v.Options)
	out.Indexes = cloneEach(v.Indexes, (*Index).Clone)
	out.DependsOn = slices.Clone(v.DependsOn)
	return &out
}

// Clone returns a deep copy.
func (f *Function) Clone() *Function {
	if f == nil {
		return nil
	}
	out := *f
	out.Options = slices.Clone(f.Options)
	out.DependsOn = slices.Clone(f.DependsOn)
	return &out
}

// Clone returns a deep copy.
func (t *Trigger) Clone() *Trigger {
	if t == nil {
		return nil
	}
	out := *t
	out.Options = slices.Clone(t.Options)
	out.DependsOn = slices.Clone(t.DependsOn)
	return &out
}

// Clone returns a copy.
func (e *Extension) Clone() *Extension { return clonePointer(e) }

// Clone returns a copy.
func (s *Statistic) Clone() *Statistic { return clonePointer(s) }

func cloneEach[T any](list []T, clone func(T) T) []T {
	if list == nil {
		return nil
	}
	out := make([]T, len(list))
	for i, item := range list {
		out[i] = clone(item)
	}
	return out
}

func clonePointer[T any](p *T) *T {
	if p == nil {
		return nil
	}
	out := *p
	return &out
}
