package render

import (
	"slices"
	"sort"
	"strconv"
)

// absent marks, in a row of an alignment, that a list has nothing there.
const absent = -1

// align matches the items of several lists by their keys. Each row of the result holds one index for each list, or absent;
// every list's indexes rise from row to row. Items with equal keys are matched in their order. Time is near-linear in the
// number of items.
func align(lists [][]string) [][]int {
	var rows [][]int
	keys := make([][]string, len(lists))
	for at, list := range lists {
		keys[at] = numbered(list)
		rows = weave(rows, keys, at)
	}
	return rows
}

// numbered makes the keys of a list unique: the second "a" becomes "a #2".
func numbered(keys []string) []string {
	count := map[string]int{}
	out := make([]string, len(keys))
	for i, key := range keys {
		count[key]++
		out[i] = key + " #" + strconv.Itoa(count[key])
	}
	return out
}

// weave adds the items of the list at index at to the rows.
func weave(rows [][]int, lists [][]string, at int) [][]int {
	keys := lists[at]
	rowOf := map[string]int{}
	for i, row := range rows {
		for list, item := range row {
			if item != absent {
				rowOf[lists[list][item]] = i
			}
		}
	}
	var items, targets []int
	for i, key := range keys {
		if row, ok := rowOf[key]; ok {
			items, targets = append(items, i), append(targets, row)
		}
	}
	matched := map[int]int{} // row -> item
	for _, i := range longestRise(targets) {
		matched[targets[i]] = items[i]
	}
	out := make([][]int, 0, len(rows)+len(keys))
	next := 0
	alone := func(end int) {
		for ; next < end; next++ {
			row := slices.Repeat([]int{absent}, len(lists))
			row[at] = next
			out = append(out, row)
		}
	}
	for i, row := range rows {
		if item, ok := matched[i]; ok {
			alone(item)
			row[at] = item
			next = item + 1
		}
		out = append(out, row)
	}
	alone(len(keys))
	return out
}

// longestRise returns the indexes of a longest strictly rising subsequence, by patience sorting.
func longestRise(values []int) []int {
	var tops []int // index of the smallest last value of a rise of each length
	previous := make([]int, len(values))
	for i, value := range values {
		at := sort.Search(len(tops), func(j int) bool { return values[tops[j]] >= value })
		previous[i] = absent
		if at > 0 {
			previous[i] = tops[at-1]
		}
		if at == len(tops) {
			tops = append(tops, i)
		} else {
			tops[at] = i
		}
	}
	out := make([]int, len(tops))
	if len(tops) == 0 {
		return out
	}
	for i, at := len(tops)-1, tops[len(tops)-1]; i >= 0; i, at = i-1, previous[at] {
		out[i] = at
	}
	return out
}
