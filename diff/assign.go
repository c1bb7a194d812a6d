package diff

import (
	"cmp"
	"math"
	"slices"
)

// candidate is a pair of a removed and an added thing, by their places, with the score of being one.
type candidate struct {
	from, to int
	score    float64
	reasons  []string
}

// match is a candidate that was chosen. It is rivalled if another candidate of either side comes within 0.10 of it.
type match struct {
	candidate
	rivalled bool
}

// assign chooses the pairs with the greatest sum of scores in which nothing stands twice (the Hungarian method, on small
// matrices: the things that went and came in one table).
func assign(candidates []candidate, removed, added int) []match {
	if len(candidates) == 0 {
		return nil
	}
	byPlace := map[[2]int]candidate{}
	for _, c := range candidates {
		byPlace[[2]int{c.from, c.to}] = c
	}
	size := max(removed, added)
	cost := make([][]float64, size)
	for i := range cost {
		cost[i] = make([]float64, size)
		for j := range cost[i] {
			cost[i][j] = 1 - byPlace[[2]int{i, j}].score
		}
	}
	var out []match
	for from, to := range hungarian(cost) {
		chosen, ok := byPlace[[2]int{from, to}]
		if !ok {
			continue
		}
		rivalled := slices.ContainsFunc(candidates, func(other candidate) bool {
			same := other.from == from && other.to == to
			return !same && (other.from == from || other.to == to) && other.score > chosen.score-0.10
		})
		out = append(out, match{candidate: chosen, rivalled: rivalled})
	}
	slices.SortFunc(out, func(a, b match) int { return cmp.Compare(a.from, b.from) })
	return out
}

// hungarian returns for each row of a square matrix the column that it gets, so that the sum of costs is smallest. It is
// the shortest-augmenting-path form, cubic in the size.
func hungarian(cost [][]float64) []int {
	n := len(cost)
	rowPotential, columnPotential := make([]float64, n+1), make([]float64, n+1)
	rowOf := make([]int, n+1) // row of each column, 1-based; 0 is none
	for row := 1; row <= n; row++ {
		rowOf[0] = row
		column := 0
		least := slices.Repeat([]float64{math.Inf(1)}, n+1)
		previous := make([]int, n+1)
		used := make([]bool, n+1)
		for rowOf[column] != 0 {
			used[column] = true
			current, delta, next := rowOf[column], math.Inf(1), 0
			for j := 1; j <= n; j++ {
				if used[j] {
					continue
				}
				reduced := cost[current-1][j-1] - rowPotential[current] - columnPotential[j]
				if reduced < least[j] {
					least[j], previous[j] = reduced, column
				}
				if least[j] < delta {
					delta, next = least[j], j
				}
			}
			for j := 0; j <= n; j++ {
				if used[j] {
					rowPotential[rowOf[j]] += delta
					columnPotential[j] -= delta
				} else {
					least[j] -= delta
				}
			}
			column = next
		}
		for column != 0 {
			rowOf[column] = rowOf[previous[column]]
			column = previous[column]
		}
	}
	out := make([]int, n)
	for j := 1; j <= n; j++ {
		out[rowOf[j]-1] = j - 1
	}
	return out
}
