package render

import (
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestAlign(t *testing.T) {
	cases := []struct {
		lists string
		want  string
	}{
		{"a b c|a b c", "aa bb cc"},
		{"a b c|b d c", "a- bb -d cc"},
		{"a|", "a-"},
		{"|a", "-a"},
		{"a b|b a", "-b aa b-"},
		{"a a b|a b", "aa a- bb"},
		{"a c|a b c|b", "aa- -bb cc-"},
	}
	for _, c := range cases {
		var lists [][]string
		for list := range strings.SplitSeq(c.lists, "|") {
			lists = append(lists, strings.Fields(list))
		}
		var got []string
		for _, row := range align(lists) {
			text := ""
			for i, at := range row {
				if at == absent {
					text += "-"
				} else {
					text += lists[i][at]
				}
			}
			got = append(got, text)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("align(%s) = %v, want %s", c.lists, got, c.want)
		}
	}
}

// TestAlignKeepsEveryList checks that each list comes out of the rows whole and in its order, and that a row holds equal keys.
func TestAlignKeepsEveryList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.SampledFrom([]string{"a", "b", "c", "d", "e"})
		lists := rapid.SliceOfN(rapid.SliceOfN(key, 0, 12), 1, 3).Draw(t, "lists")
		back := make([][]string, len(lists))
		for _, row := range align(lists) {
			shared := ""
			for i, at := range row {
				if at == absent {
					continue
				}
				if at != len(back[i]) {
					t.Fatalf("item %d of list %d is out of order", at, i)
				}
				back[i] = append(back[i], lists[i][at])
				if shared != "" && shared != lists[i][at] {
					t.Fatalf("a row holds %s and %s", shared, lists[i][at])
				}
				shared = lists[i][at]
			}
		}
		for i := range lists {
			if len(lists[i])+len(back[i]) > 0 && !reflect.DeepEqual(lists[i], back[i]) {
				t.Fatalf("list %d came back as %v instead of %v", i, back[i], lists[i])
			}
		}
	})
}
