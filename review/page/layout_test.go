package page

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// Whatever refers to whatever, boxes never cover each other, stay within the drawing, and a table stands right of those that
// it refers to unless they go in a circle.
func TestLayout(t *testing.T) {
	for seed := range uint64(40) {
		random := rand.New(rand.NewPCG(seed, 1))
		count := 1 + random.IntN(80)
		var boxes []*box
		for i := range count {
			boxes = append(boxes, &box{name: fmt.Sprint(i), width: 60 + random.IntN(300), height: 28 + random.IntN(200)})
		}
		var links []link
		circles := seed%2 == 1
		for range random.IntN(count * 2) {
			l := link{random.IntN(count), random.IntN(count)}
			if !circles && l.from <= l.to {
				continue
			}
			links = append(links, l)
		}
		width, height := layout(boxes, links)
		for i, a := range boxes {
			if a.x < 0 || a.y < 0 || a.x+a.width > width || a.y+a.height > height {
				t.Fatalf("seed %d: box %d at %d,%d (%dx%d) is not inside of %dx%d", seed, i, a.x, a.y, a.width, a.height, width, height)
			}
			for n, b := range boxes[:i] {
				if a.x < b.x+b.width && b.x < a.x+a.width && a.y < b.y+b.height && b.y < a.y+a.height {
					t.Fatalf("seed %d: boxes %d and %d cover each other", seed, n, i)
				}
			}
		}
		for _, l := range links {
			if !circles && boxes[l.from].x <= boxes[l.to].x {
				t.Fatalf("seed %d: %d refers to %d and does not stand right of it", seed, l.from, l.to)
			}
		}
	}
}

func TestColumns(t *testing.T) {
	for text, want := range map[string]int{"orders": 6, "訂單": 4, "é": 1, "e\u0301": 1, "": 0, "ｆｕｌｌ": 8} {
		if got := columns(text); got != want {
			t.Errorf("%q takes %d columns, want %d", text, got, want)
		}
	}
	if got := cut("訂單明細", 5); got != "訂單…" {
		t.Errorf("cut to %q", got)
	}
	if a, b := shortened("numeric(12,2) NULL DEFAULT 0", "numeric(12,2) NOT NULL DEFAULT 0"); a != "NULL" || b != "NOT NULL" {
		t.Errorf("shortened to %q and %q", a, b)
	}
}
