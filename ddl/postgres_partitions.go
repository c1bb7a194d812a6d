package ddl

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// createPartitionedIndex builds the index of each partition concurrently, and that of the partitioned table last: the server
// takes the indexes that are there for its own, so that it locks the tables for a moment only. It has no CONCURRENTLY for the
// whole. A partition that came meanwhile gets its index then. Each build is resumed like any other: it is an operation of
// its own.
func (c *postgresCompiler) createPartitionedIndex(o *op.CreateIndex) error {
	for _, leaf := range c.leaves(o.Table) {
		index := o.Index.Clone()
		index.Name, index.Comment = c.partitionIndexName(leaf, o.Index), ""
		if slices.ContainsFunc(leaf.Indexes, func(i *schema.Index) bool { return sameIndex(i, index) }) {
			continue // Another index of the partition does already.
		}
		each := &op.CreateIndex{Table: leaf.Name, Index: index, Concurrently: true}
		if err := c.index(each, leaf.Name, index, indexWords{Concurrently: true}); err != nil {
			return err
		}
	}
	return c.index(o, o.Table, o.Index, indexWords{IfNotExists: o.IfNotExists})
}

// leaves are the partitions of a table that hold rows, those of partitions that are partitioned themselves included, by name.
func (c *postgresCompiler) leaves(of schema.Name) []*schema.Table {
	var out []*schema.Table
	for table := range c.state.Tables.All() {
		switch {
		case table.Partition == nil || table.Partition.Of != of || table.Partition.Of == (schema.Name{}):
		case table.Partition.By != "":
			out = append(out, c.leaves(table.Name)...)
		default:
			out = append(out, table)
		}
	}
	slices.SortFunc(out, func(a, b *schema.Table) int { return a.Name.Compare(b.Name) })
	return out
}

func (c *postgresCompiler) isPartitioned(name schema.Name) bool { return partitioned(c.state, name) }

func partitioned(s *schema.Schema, name schema.Name) bool {
	table := s.Table(name)
	return table != nil && table.Partition != nil && table.Partition.By != ""
}

// partitionIndexName is the name that the server would choose for the index of a partition, or the next free one.
func (c *postgresCompiler) partitionIndexName(leaf *schema.Table, index *schema.Index) string {
	var columns []string
	for _, part := range index.Parts {
		columns = append(columns, cmp.Or(part.Column, "expr"))
	}
	columns = append(columns, index.Include...)
	for n := 0; ; n++ {
		label := "idx"
		if n > 0 {
			label += strconv.Itoa(n)
		}
		name := PostgresObjectName(leaf.Name.Name, strings.Join(columns, "_"), label)
		if !c.hasRelation(schema.Name{Schema: leaf.Name.Schema, Name: name}) {
			return name
		}
	}
}

// hasRelation reports whether a table, index or key of the name is there: they share a namespace.
func (c *postgresCompiler) hasRelation(name schema.Name) bool {
	for table := range c.state.Tables.All() {
		if table.Name == name {
			return true
		}
		if table.Name.Schema != name.Schema {
			continue
		}
		key := table.PrimaryKey != nil && table.PrimaryKey.Name == name.Name
		if key || table.Index(name.Name) != nil || table.Unique(name.Name) != nil || table.Exclusion(name.Name) != nil {
			return true
		}
	}
	return false
}

// sameIndex reports whether two indexes differ in their names alone.
func sameIndex(a, b *schema.Index) bool {
	return a.Unique == b.Unique && a.Method == b.Method && a.Where == b.Where && a.NullsNotDistinct == b.NullsNotDistinct && !a.Invalid &&
		slices.Equal(a.Parts, b.Parts) && slices.Equal(a.Include, b.Include)
}
