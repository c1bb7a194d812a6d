package dag

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// nodes reads "d < c; c < a, b + x": id < parents + dependencies, the newest first.
func nodes(text string) []Node {
	words := func(text string) []string {
		return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
	}
	var out []Node
	for line := range strings.SplitSeq(text, ";") {
		rest, dependencies, _ := strings.Cut(line, "+")
		id, parents, _ := strings.Cut(rest, "<")
		id = strings.TrimSpace(id)
		out = append(out, Node{ID: id, Parents: words(parents), Dependencies: words(dependencies), Text: id})
	}
	return out
}

func TestDraw(t *testing.T) {
	cases := []struct{ name, graph, want string }{
		{"nothing", "", "●"},
		{"a chain", "c < b; b < a; a", `
● c
● b
● a`},
		{"a fork", "d2 < c2; c2 < b; d1 < c1; c1 < b; b < a; a", `
● d2
● c2
│ ● d1
│ ● c1
├─╯
● b
● a`},
		{"a diamond", "d < c; c < b1, b2; b2 < a; b1 < a; a", `
● d
● c
├─╮
│ ● b2
● │ b1
├─╯
● a`},
		{"a merge of three", "e < d1, d2, d3; d3 < b; d2 < b; d1 < b; b", `
● e
├─┬─╮
│ │ ● d3
│ ● │ d2
│ ├─╯
● │ d1
├─╯
● b`},
		{"two roots", "c2 < b2; b2 < a2; a2; b1 < a1; a1", `
● c2
● b2
● a2

● b1
● a1`},
		{"a dependency", "c2 < b2; d1 < c1 + b2; b2 < a2; a2; c1 < b1; b1", `
● c2
│ ● d1
├┄┤
● │ b2
● │ a2
  ● c1
  ● b1`},
		{"a dependency alone", "c < a + b; b; a", `
● c
├┄╮
│ ● b
● a`},
		{"merges that cross", "c < m, n; n < b1, b2; m < b1, b2; b2 < a; b1 < a; a", `
● c
├─╮
│ ● n
│ ├─╮
● │ │ m
├─┴─┤
│   ● b2
●   │ b1
├───╯
● a`},
		{"a root above another node of its column", "b < a; c; a", `
● b
│ ● c
● a`},
		{"cut off", "e < d; d < c; b2 < b; b", `
● e
● d
~
● b2
● b`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(strings.TrimPrefix(c.want, "\n"), strings.Join(Draw(nodes(c.graph), Unicode), "\n")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSeveralLines(t *testing.T) {
	list := nodes("c < a, b; b < a; a")
	for i := range list {
		list[i].Text += "\n  more\n"
		list[i].Hollow = i == 0
	}
	want := []string{
		"o c",
		"+-+   more",
		"| |",
		"| * b",
		"+-+   more",
		"|",
		"* a",
		"    more",
		"",
	}
	if diff := cmp.Diff(want, Draw(list, ASCII)); diff != "" {
		t.Error(diff)
	}
}

// TestPicturesCanBeRead follows the lines of pictures of random graphs back to the edges that they were drawn from.
func TestPicturesCanBeRead(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 5))
	for range 500 {
		var list []Node
		count := 1 + random.IntN(16)
		for i := range count {
			node := Node{ID: fmt.Sprintf("n%02d", i)}
			node.Text = node.ID
			for j := i + 1; j < count; j++ {
				switch random.IntN(5) {
				case 0:
					node.Parents = append(node.Parents, fmt.Sprintf("n%02d", j))
				case 1:
					if random.IntN(2) == 0 {
						node.Dependencies = append(node.Dependencies, fmt.Sprintf("n%02d", j))
					}
				}
			}
			list = append(list, node)
		}
		want := map[string]bool{}
		for _, node := range list {
			for _, to := range slices.Concat(node.Parents, node.Dependencies) {
				want[node.ID+" "+to] = true
			}
		}
		picture := Draw(list, Unicode)
		got, err := read(picture)
		if err != nil || !maps.Equal(want, got) {
			t.Fatalf("%v: read %v, want %v from\n%s", err, got, want, strings.Join(picture, "\n"))
		}
	}
}

// read returns the edges of a picture without dotted lines' distinction.
func read(picture []string) (map[string]bool, error) {
	edges := map[string]bool{}
	lanes := map[int]map[string]bool{} // by column: the nodes whose lines go down in it
	last, at := "", -1
	for _, row := range picture {
		cells := []rune(row)
		width := len(cells)
		if slices.Contains(cells, '●') {
			width -= len("n00")
		}
		maps.DeleteFunc(lanes, func(column int, _ map[string]bool) bool { return column >= width || cells[column] == ' ' })
		if node := slices.Index(cells, '●'); node >= 0 {
			at, last = node, string(cells[len(cells)-3:])
			for child := range lanes[node] {
				edges[child+" "+last] = true
			}
			lanes[node] = map[string]bool{last: true}
			continue
		}
		if at >= width || cells[at] == ' ' {
			continue // a gap
		}
		own := map[string]bool{}
		for column, cell := range cells {
			s, joined := reading[cell]
			if !joined || column == at {
				continue
			}
			switch {
			case s.up && s.down:
				lanes[column][last] = true
			case s.down:
				lanes[column] = map[string]bool{last: true}
			case s.up:
				maps.Copy(own, lanes[column])
				delete(lanes, column)
			}
		}
		s, joined := reading[cells[at]]
		if !joined {
			return nil, fmt.Errorf("row %q has no corner below %s", row, last)
		}
		if !s.down {
			delete(lanes, at)
			if len(own) > 0 {
				return nil, fmt.Errorf("row %q lets lines end nowhere", row)
			}
			continue
		}
		own[last] = true
		lanes[at] = own
	}
	return edges, nil
}

// reading has the sides of each corner.
var reading = func() map[rune]sides {
	out := map[rune]sides{}
	for s, glyph := range Unicode.corners {
		out[[]rune(glyph)[0]] = s
	}
	return out
}()
