package browsertest_test

import (
	"bytes"
	"image/png"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/retort-db/retort/internal/browsertest"
)

func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}

// What is wrong with a page is seen: a test of a page that finds nothing has looked.
func TestComplaints(t *testing.T) {
	b := browsertest.Start(t)
	look := browsertest.Look{Width: 800, Height: 600}
	for name, text := range map[string]string{
		"request":  `<img src="http://example.com/x.png">`,
		"console":  `<script>console.log("hello")</script>`,
		"error":    `<script>undefined()</script>`,
		"violated": `<meta http-equiv="Content-Security-Policy" content="default-src 'none'"><script>1</script>`,
	} {
		if found := b.Open(file(t, "<!DOCTYPE html>"+text), look).Complaints(); len(found) == 0 {
			t.Errorf("%s: nothing was found", name)
		}
	}
	if found := b.Open(file(t, "<!DOCTYPE html><title>fine</title><p>fine"), look).Complaints(); len(found) > 0 {
		t.Errorf("a page without fault: %s", strings.Join(found, "\n"))
	}
}

func TestLook(t *testing.T) {
	b := browsertest.Start(t)
	page := b.Open(file(t, `<!DOCTYPE html><meta name="viewport" content="width=device-width"><style>body{background:#fff}@media(prefers-color-scheme:dark){body{background:#000}}</style>`), browsertest.Look{Width: 300, Height: 200, Dark: true})
	var width int
	page.Eval("innerWidth", &width)
	if width != 300 {
		t.Errorf("%d wide", width)
	}
	picture, err := png.Decode(bytes.NewReader(page.Screenshot()))
	if err != nil {
		t.Fatal(err)
	}
	if red, _, _, _ := picture.At(10, 10).RGBA(); picture.Bounds().Dx() != 300 || red != 0 {
		t.Errorf("the picture is %v, and its corner %d", picture.Bounds(), red)
	}
	if pdf := page.Print(); !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		t.Error("no PDF")
	}
}
