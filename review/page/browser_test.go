package page_test

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

// picturesVar names a directory for the screenshots, for who wants to look at them.
const picturesVar = "RETORT_TEST_PICTURES"

// The pages as a browser shows them: wide and narrow, by day and by night, on the screen and on paper.
func TestInBrowser(t *testing.T) {
	browser := browsertest.Start(t)
	looks := map[string]browsertest.Look{
		"day":   {Width: 1280, Height: 900},
		"night": {Width: 1280, Height: 900, Dark: true},
		"phone": {Width: 375, Height: 800},
	}
	all := pages(t)
	for _, name := range []string{"nothing", "one", "branch", "sixty", "hostile"} {
		path := filepath.Join(t.TempDir(), "review.html")
		if err := os.WriteFile(path, []byte(all[name]), 0o644); err != nil {
			t.Fatal(err)
		}
		address := (&url.URL{Scheme: "file", Path: filepath.ToSlash(path)}).String()
		for look, how := range looks {
			if look != "day" && name == "sixty" {
				continue // it differs from "branch" in size only
			}
			t.Run(name+"/"+look, func(t *testing.T) {
				page := browser.Open(address, how)
				for _, check := range checks {
					var found []string
					page.Eval(check.script, &found)
					if len(found) > 0 {
						t.Errorf("%s: %s", check.name, strings.Join(found[:min(len(found), 5)], "\n    "))
					}
				}
				checkPicture(t, name+"-"+look, page.Screenshot(), how.Dark)
				page.AsPrinted()
				var hidden []string
				page.Eval(`[...document.querySelectorAll('details pre')].filter(e => e.getBoundingClientRect().height < 10).map(e => e.textContent.slice(0, 40))`, &hidden)
				if len(hidden) > 0 {
					t.Errorf("not on paper: %q", hidden)
				}
				if found := page.Complaints(); len(found) > 0 {
					t.Errorf("the browser complains:\n%s", strings.Join(found, "\n"))
				}
			})
		}
	}
}

// checkPicture makes sure that something can be seen, dark on light or light on dark.
func checkPicture(t *testing.T, name string, picture []byte, dark bool) {
	t.Helper()
	if dir := os.Getenv(picturesVar); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o644); err != nil {
			t.Error(err)
		}
	}
	image, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	bounds, light, count, shades := image.Bounds(), 0, 0, map[uint32]bool{}
	for y := bounds.Min.Y; y < bounds.Max.Y; y += 3 {
		for x := bounds.Min.X; x < bounds.Max.X; x += 3 {
			r, g, b, _ := image.At(x, y).RGBA()
			shades[r>>12<<8|g>>12<<4|b>>12] = true
			count++
			if r+g+b > 3*0x8000 {
				light++
			}
		}
	}
	if len(shades) < 8 {
		t.Errorf("the picture has %d shades: nothing is to be seen", len(shades))
	}
	if share := float64(light) / float64(count); share > 0.5 == dark {
		t.Errorf("%.0f %% of the picture is light", share*100)
	}
}

// checks are scripts that list what is wrong.
var checks = []struct{ name, script string }{
	{"wider than the window", `document.documentElement.scrollWidth > innerWidth + 1 ? [document.documentElement.scrollWidth + ' > ' + innerWidth] : []`},
	{"links that lead nowhere", `[...document.querySelectorAll('a')].filter(a => !document.getElementById(decodeURIComponent((a.getAttribute('href') || '').slice(1)))).map(a => a.outerHTML.slice(0, 80))`},
	{"links that are not followed", `['nav a', '.diagram a', '.about a'].map(s => document.querySelector(s)).filter(a => a).filter(a => { a.dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true}));
		return location.hash != a.getAttribute('href') || !document.querySelector(':target') }).map(a => a.outerHTML.slice(0, 80))`},
	{"headings", `(() => { const out = []; let last = 0; const all = [...document.querySelectorAll('h1,h2,h3,h4')];
		if (all.filter(h => h.tagName == 'H1').length != 1) out.push('not one h1');
		for (const h of all) { const n = +h.tagName[1]; if (n > last + 1) out.push('skipped before ' + h.textContent); last = n; if (!h.textContent.trim()) out.push('empty') } return out })()`},
	{"landmarks", `['header', 'main', 'footer'].filter(name => document.querySelectorAll(name).length != 1)`},
	{"tables without a caption or heads", `[...document.querySelectorAll('table')].filter(t => !t.caption || !t.caption.textContent || !t.querySelector('thead th[scope=col]') || [...t.tBodies[0].rows].some(r => !r.querySelector('th[scope=row]'))).map(t => t.outerHTML.slice(0, 80))`},
	{"drawings without a title and a description", `[...document.querySelectorAll('svg')].filter(s => !s.querySelector(':scope > title') || !s.querySelector(':scope > desc').textContent).map(s => s.outerHTML.slice(0, 80))`},
	{"what can be scrolled and not reached with the keyboard", `[...document.querySelectorAll('main *')].filter(e => /auto|scroll/.test(getComputedStyle(e).overflowX) && e.scrollWidth > e.clientWidth + 1 && e.tabIndex < 0).map(e => e.outerHTML.slice(0, 80))`},
	// The widths in the diagram are estimates; here is a font.
	{"text that leaves its box", `[...document.querySelectorAll('.diagram .entity')].flatMap(e => { const box = e.querySelector('.box').getBBox();
		return [...e.querySelectorAll('text')].filter(t => { const b = t.getBBox(); return b.x < box.x - .5 || b.x + b.width > box.x + box.width + .5 || b.y < box.y || b.y + b.height > box.y + box.height + .5 }).map(t => t.textContent) })`},
	{"text that covers text", `[...document.querySelectorAll('.diagram .row')].filter(r => { const f = r.querySelector('.field'), t = r.querySelector('.type'), k = r.querySelector('.key');
		const end = e => e.getBBox().x + e.getBBox().width; return f && t && end(f) > t.getBBox().x || k && f && end(k) > f.getBBox().x }).map(r => r.textContent)`},
	{"text that can hardly be read", `(() => {
		const parse = c => { const m = c.match(/[\d.]+/g).map(Number); return m.length < 4 ? [...m, 1] : m };
		const lum = c => { const [r, g, b] = c.slice(0, 3).map(v => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4 }); return .2126 * r + .7152 * g + .0722 * b };
		const back = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c[3] > .99) return c } return [255, 255, 255, 1] };
		const out = new Set(), walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
		for (let n; n = walker.nextNode();) {
			const e = n.parentElement; if (!n.textContent.trim() || e.closest('svg, .hidden, .skip, meter')) continue;
			const a = lum(parse(getComputedStyle(e).color)), b = lum(back(e)), ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
			if (ratio < 4.5) out.add(ratio.toFixed(2) + ' ' + e.tagName + '.' + e.className + ': ' + n.textContent.trim().slice(0, 30));
		}
		return [...out] })()`},
}
