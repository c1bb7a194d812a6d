package page

import (
	"cmp"
	"math"
	"slices"
)

// box is a table of the diagram with its place, in pixels.
type box struct {
	name          string
	x, y          int
	width, height int
	layer         int // 0 for tables that refer to no other
	order         float64
}

// link is a line between two boxes, by their indexes, from the one that refers to the other.
type link struct{ from, to int }

const (
	gapX   = 72 // between columns, where the lines run
	gapY   = 22 // between boxes of a column
	margin = 16
	// shape is the ratio of width to height that the diagram should have.
	shape = 1.5
	// centred is the height up to which columns stand in the middle. Of a taller diagram one sees the top first.
	centred = 700
	// sweeps over the layers are enough for the order to settle.
	sweeps = 6
)

// layout gives every box its place, and returns the size of the whole. What a table refers to stands on its left; tables that
// are not connected with others follow below. The same boxes, in the same order, get the same places.
func layout(boxes []*box, links []link) (width, height int) {
	y := margin
	var alone []*box
	for _, group := range components(len(boxes), links) {
		if len(group) == 1 {
			alone = append(alone, boxes[group[0]])
			continue
		}
		w, h := place(boxes, group, links, y)
		width, y = max(width, w), y+h+gapY*2
	}
	if len(alone) > 0 {
		w, h := grid(alone, max(width, 640), y)
		width, y = max(width, w), y+h+gapY*2
	}
	return width + margin, max(y-gapY*2+margin, 2*margin)
}

// components returns the groups of boxes that lines connect, the largest first.
func components(count int, links []link) [][]int {
	parent := make([]int, count)
	for i := range parent {
		parent[i] = i
	}
	var root func(i int) int
	root = func(i int) int {
		if parent[i] != i {
			parent[i] = root(parent[i])
		}
		return parent[i]
	}
	for _, l := range links {
		a, b := root(l.from), root(l.to)
		parent[max(a, b)] = min(a, b)
	}
	groups := map[int][]int{}
	var roots []int
	for i := range count {
		r := root(i)
		if len(groups[r]) == 0 {
			roots = append(roots, r)
		}
		groups[r] = append(groups[r], i)
	}
	out := make([][]int, len(roots))
	for i, r := range roots {
		out[i] = groups[r]
	}
	slices.SortStableFunc(out, func(a, b []int) int { return cmp.Compare(len(b), len(a)) })
	return out
}

// place lays out one group of connected boxes below y.
func place(boxes []*box, group []int, links []link, y int) (width, height int) {
	layers := layered(boxes, group, links)
	sortLayers(boxes, layers, links)
	area := 0
	for _, i := range group {
		area += (boxes[i].width + gapX) * (boxes[i].height + gapY)
	}
	most := max(int(math.Sqrt(float64(area)/shape)), 420)
	x := margin
	var tallest int
	var stacks [][]int
	for _, layer := range layers {
		stacks = append(stacks, split(boxes, layer, most)...)
	}
	for _, stack := range stacks {
		tallest = max(tallest, stackHeight(boxes, stack))
	}
	for _, stack := range stacks {
		widest := 0
		top := y
		if tallest <= centred {
			top += (tallest - stackHeight(boxes, stack)) / 2
		}
		for _, i := range stack {
			boxes[i].x, boxes[i].y = x, top
			top += boxes[i].height + gapY
			widest = max(widest, boxes[i].width)
		}
		x += widest + gapX
	}
	return x - gapX, tallest
}

func stackHeight(boxes []*box, stack []int) int {
	height := -gapY
	for _, i := range stack {
		height += boxes[i].height + gapY
	}
	return height
}

// layered puts each box one layer right of the last one that it refers to. A line that closes a circle, in the order of the
// boxes, does not count.
func layered(boxes []*box, group []int, links []link) [][]int {
	targets := map[int][]int{}
	for _, l := range links {
		if l.from != l.to {
			targets[l.from] = append(targets[l.from], l.to)
		}
	}
	const (
		unseen = iota
		open
		done
	)
	state := map[int]int{}
	var visit func(i int) int
	visit = func(i int) int {
		if state[i] == done {
			return boxes[i].layer
		}
		state[i] = open
		layer := 0
		for _, to := range targets[i] {
			if state[to] != open {
				layer = max(layer, visit(to)+1)
			}
		}
		boxes[i].layer, state[i] = layer, done
		return layer
	}
	var out [][]int
	for _, i := range group {
		for layer := visit(i); len(out) <= layer; {
			out = append(out, nil)
		}
	}
	for _, i := range group {
		out[boxes[i].layer] = append(out[boxes[i].layer], i)
	}
	return slices.DeleteFunc(out, func(layer []int) bool { return len(layer) == 0 })
}

// sortLayers orders the boxes of each layer by the middle of those that they are connected with, to and fro, so that few
// lines cross.
func sortLayers(boxes []*box, layers [][]int, links []link) {
	beside := map[int][]int{}
	for _, l := range links {
		beside[l.from] = append(beside[l.from], l.to)
		beside[l.to] = append(beside[l.to], l.from)
	}
	number := func(layer []int) {
		for n, i := range layer {
			boxes[i].order = (float64(n) + 0.5) / float64(len(layer))
		}
	}
	for _, layer := range layers {
		number(layer)
	}
	for sweep := range sweeps {
		for n := range layers {
			at := n
			if sweep%2 == 1 {
				at = len(layers) - 1 - n
			}
			layer := layers[at]
			middle := map[int]float64{}
			for _, i := range layer {
				sum, count := 0.0, 0
				for _, other := range beside[i] {
					if boxes[other].layer != boxes[i].layer {
						sum, count = sum+boxes[other].order, count+1
					}
				}
				middle[i] = boxes[i].order
				if count > 0 {
					middle[i] = sum / float64(count)
				}
			}
			slices.SortStableFunc(layer, func(a, b int) int { return cmp.Compare(middle[a], middle[b]) })
			number(layer)
		}
	}
}

// split cuts a layer that is too tall into several stacks of about the same height.
func split(boxes []*box, layer []int, most int) [][]int {
	total := stackHeight(boxes, layer)
	parts := (total + most - 1) / most
	if parts < 2 {
		return [][]int{layer}
	}
	target := total / parts
	var out [][]int
	var stack []int
	for _, i := range layer {
		if len(stack) > 0 && len(out) < parts-1 && stackHeight(boxes, append(stack, i)) > target+boxes[i].height/2 {
			out, stack = append(out, stack), nil
		}
		stack = append(stack, i)
	}
	return append(out, stack)
}

// grid puts boxes into rows of at most a width.
func grid(alone []*box, most, y int) (width, height int) {
	x, top, tallest := margin, y, 0
	for _, b := range alone {
		if x > margin && x+b.width > most {
			x, top, tallest = margin, top+tallest+gapY, 0
		}
		b.x, b.y = x, top
		x += b.width + gapY
		width, tallest = max(width, b.x+b.width), max(tallest, b.height)
	}
	return width, top + tallest - y
}
