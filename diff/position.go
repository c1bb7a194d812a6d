package diff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// positionOf returns where a new column goes on MySQL: after the target's column before it, if a column that is there
// already follows it. Elsewhere new columns stand at the end, and where they stand says nothing.
func (c *comparison) positionOf(p pair, column *schema.Column) op.Position {
	if c.dialect != schema.MySQL {
		return op.Position{}
	}
	at := slices.Index(p.to.Columns, column)
	followed := slices.ContainsFunc(p.to.Columns[at+1:], func(next *schema.Column) bool { return c.columnOf(p.from, next.Name) != nil })
	switch {
	case !followed:
		return op.Position{}
	case at == 0:
		return op.Position{First: true}
	}
	return op.Position{After: p.to.Columns[at-1].Name}
}

// compareOrder compares the order of the columns that both sides have, on the engine that can change it. The fewest columns
// are moved that bring the others in order.
func (c *comparison) compareOrder(p pair) {
	if c.dialect != schema.MySQL {
		return
	}
	var places []int // of the target's columns, in the current table
	var columns []*schema.Column
	for _, column := range p.to.Columns {
		at := slices.IndexFunc(p.from.Columns, func(old *schema.Column) bool { return c.foldColumn(old.Name) == c.foldColumn(column.Name) })
		if at >= 0 {
			places, columns = append(places, at), append(columns, column)
		}
	}
	keeps := longestRise(places)
	if len(keeps) == len(places) {
		return
	}
	table := p.to.Name
	var moved []string
	for i, column := range columns {
		if slices.Contains(keeps, i) {
			continue
		}
		moved = append(moved, column.Name)
		if !c.ColumnOrder {
			continue
		}
		move := &op.AlterColumn{Table: table, Name: column.Name, Position: op.Position{First: true}}
		k := keys{uses: []string{tableKey(table)}, creates: []string{objectKey("moved", table.String()+"."+column.Name)}}
		if at := slices.Index(p.to.Columns, column); at > 0 {
			before := p.to.Columns[at-1].Name
			move.Position = op.Position{After: before}
			k.uses = append(k.uses, columnKey(table, before), objectKey("moved", table.String()+"."+before))
		}
		c.add(change{op: move, phase: phaseAlterTables, near: [3]string{table.String(), rankMoveColumn, fmt.Sprintf("%06d", i)}, keys: k})
	}
	if !c.ColumnOrder {
		c.find("column-order", Info, table.String(), "these columns stand elsewhere than in the target: "+strings.Join(moved, ", "),
			"leave it, or have them moved, which makes the table anew")
	}
}

// longestRise returns the places of a longest strictly rising run of numbers, picked from left to right.
func longestRise(numbers []int) []int {
	length, previous := make([]int, len(numbers)), make([]int, len(numbers))
	best := -1
	for i := range numbers {
		length[i], previous[i] = 1, -1
		for j := range i {
			if numbers[j] < numbers[i] && length[j] >= length[i] {
				length[i], previous[i] = length[j]+1, j
			}
		}
		if best < 0 || length[i] > length[best] {
			best = i
		}
	}
	var out []int
	for i := best; i >= 0; i = previous[i] {
		out = append(out, i)
	}
	slices.Reverse(out)
	return out
}
