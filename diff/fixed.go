package diff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/retort-db/retort/schema"
)

// compareFixed compares what no operation can change once the table is there.
func (c *comparison) compareFixed(p pair) {
	object := p.to.Name.String()
	if target, current := partitionOf(p.to), partitionOf(p.from); !c.samePartition(p, target, current) {
		c.cannotChange(object, fmt.Sprintf("the partitioning differs: %s, wanted %s", describePartition(current), describePartition(target)))
	}
	if (len(p.to.Inherits) > 0 || c.full()) && !slices.Equal(p.to.Inherits, p.from.Inherits) {
		c.cannotChange(object, "the tables that it inherits from differ")
	}
	if p.to.Virtual != p.from.Virtual && !c.sameStatement(p.to.Virtual, p.from.Virtual) {
		c.cannotChange(object, fmt.Sprintf("the virtual table is made by %q, wanted %q", p.from.Virtual, p.to.Virtual))
	}
}

// cannotChange reports a difference that no operation takes away.
func (c *comparison) cannotChange(object, text string) {
	c.find("cannot-change", Warning, object, text+"; no operation changes that", "write the steps by hand with Exec and say what they change")
}

func partitionOf(table *schema.Table) schema.Partition {
	if table == nil || table.Partition == nil {
		return schema.Partition{}
	}
	return *table.Partition
}

func (c *comparison) samePartition(p pair, target, current schema.Partition) bool {
	if target == (schema.Partition{}) && !c.full() {
		return true
	}
	canon := partitionOf(p.canon)
	same := func(target, canon, current string) bool {
		fold := func(text string) string { return strings.ToLower(strings.Join(strings.Fields(text), "")) }
		return fold(target) == fold(current) || (canon != "" && fold(canon) == fold(current))
	}
	return target.Of == current.Of && same(target.By, canon.By, current.By) && same(target.Bound, canon.Bound, current.Bound)
}

func describePartition(partition schema.Partition) string {
	switch {
	case partition == (schema.Partition{}):
		return "none"
	case partition.By != "":
		return partition.By
	}
	return strings.TrimSpace("of " + partition.Of.String() + " " + partition.Bound)
}
