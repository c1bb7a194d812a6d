package suggest

import "testing"

func TestNear(t *testing.T) {
	words := []string{"url", "models", "migrations", "version_table", "history_table"}
	for word, want := range map[string]string{
		"model": "models", "migartions": "migrations", "versionTable": "version_table", "version-table": "version_table",
		"urls": "url", "completely_else": "", "x": "",
	} {
		if got := Near(word, words); got != want {
			t.Errorf("Near(%q) = %q, want %q", word, got, want)
		}
	}
}
