package introspect

import "testing"

func TestWithoutDelimiters(t *testing.T) {
	for name, c := range map[string]struct{ script, want string }{
		"none":               {"CREATE TABLE t (a int);\n", "CREATE TABLE t (a int);\n"},
		"around a body":      {"DELIMITER //\nBEGIN x; END//\nDELIMITER ;\ny;", "            \nBEGIN x; END; \n           \ny;"},
		"in lower case":      {"delimiter $$\nx$$\n", "            \nx; \n"},
		"within a string":    {"DELIMITER //\nSET a = 'it''s // \\' //'//", "            \nSET a = 'it''s // \\' //'; "},
		"within a comment":   {"DELIMITER //\n# //\n-- //\n/* // */x//", "            \n# //\n-- //\n/* // */x; "},
		"as a word":          {"SELECT delimiter FROM t;", "SELECT delimiter FROM t;"},
		"in a string's line": {"SELECT 'a\nDELIMITER //\nb';", "SELECT 'a\nDELIMITER //\nb';"},
		"without an end":     {"DELIMITER //\nSELECT 'a", "            \nSELECT 'a"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := withoutDelimiters(c.script); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
