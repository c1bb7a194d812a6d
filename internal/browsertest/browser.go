package browsertest

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience is how long the browser may take for one thing, on a busy machine.
const patience = time.Minute

// Browser is a running browser.
type Browser struct {
	tb    testing.TB
	out   io.Writer
	ended chan struct{}

	mutex  sync.Mutex
	next   int
	waits  map[int]chan message
	events []message
	more   chan struct{} // is closed when an event comes
}

type message struct {
	ID        int             `json:"id,omitempty"`
	SessionID string          `json:"sessionId,omitempty"`
	Method    string          `json:"method,omitempty"`
	Params    json.RawMessage `json:"params,omitempty"`
	Result    json.RawMessage `json:"result,omitempty"`
	Error     *struct {
		Message string `json:"message"`
	} `json:"error,omitempty"`
}

func newBrowser(tb testing.TB, out io.Writer, in io.Reader) *Browser {
	b := &Browser{tb: tb, out: out, ended: make(chan struct{}), waits: map[int]chan message{}, more: make(chan struct{})}
	go b.read(bufio.NewReaderSize(in, 1<<20))
	return b
}

// read takes messages, which end in a zero byte, until the browser ends.
func (b *Browser) read(in *bufio.Reader) {
	defer close(b.ended)
	for {
		text, err := in.ReadBytes(0)
		if err != nil {
			return
		}
		var m message
		if json.Unmarshal(text[:len(text)-1], &m) != nil {
			continue
		}
		b.mutex.Lock()
		if wait := b.waits[m.ID]; m.ID != 0 && wait != nil {
			delete(b.waits, m.ID)
			wait <- m
		} else {
			b.events = append(b.events, m)
			close(b.more)
			b.more = make(chan struct{})
		}
		b.mutex.Unlock()
	}
}

// call sends a command and decodes the answer into result, which may be nil.
func (b *Browser) call(session, method string, params, result any) {
	b.tb.Helper()
	encoded, err := json.Marshal(params)
	if err != nil {
		b.tb.Fatal(err)
	}
	wait := make(chan message, 1)
	b.mutex.Lock()
	b.next++
	m := message{ID: b.next, SessionID: session, Method: method, Params: encoded}
	b.waits[m.ID] = wait
	b.mutex.Unlock()
	text, err := json.Marshal(m)
	if err != nil {
		b.tb.Fatal(err)
	}
	if _, err := b.out.Write(append(text, 0)); err != nil {
		b.tb.Fatalf("%s: %v", method, err)
	}
	select {
	case answer := <-wait:
		if answer.Error != nil {
			b.tb.Fatalf("%s: %s", method, answer.Error.Message)
		}
		if result != nil {
			if err := json.Unmarshal(answer.Result, result); err != nil {
				b.tb.Fatalf("%s: %v", method, err)
			}
		}
	case <-b.ended:
		b.tb.Fatalf("%s: the browser has ended", method)
	case <-time.After(patience):
		b.tb.Fatalf("%s: no answer", method)
	}
}

// wait waits for an event of a page.
func (b *Browser) wait(session, method string) {
	b.tb.Helper()
	end := time.After(patience)
	for {
		b.mutex.Lock()
		for _, event := range b.events {
			if event.SessionID == session && event.Method == method {
				b.mutex.Unlock()
				return
			}
		}
		more := b.more
		b.mutex.Unlock()
		select {
		case <-more:
		case <-b.ended:
			b.tb.Fatalf("%s: the browser has ended", method)
		case <-end:
			b.tb.Fatalf("%s did not happen", method)
		}
	}
}

// Page is an open page.
type Page struct {
	b       *Browser
	session string
	url     string
}

// Look is how a page is looked at.
type Look struct {
	Width, Height int  // of the window, in pixels
	Dark          bool // prefers-color-scheme: dark
}

// Open opens a file or an address, and waits until it is loaded.
func (b *Browser) Open(url string, look Look) *Page {
	b.tb.Helper()
	var target struct {
		TargetID string `json:"targetId"`
	}
	b.call("", "Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct {
		SessionID string `json:"sessionId"`
	}
	b.call("", "Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	p := &Page{b: b, session: attached.SessionID, url: url}
	for _, domain := range []string{"Page", "Runtime", "Log", "Network"} {
		p.call(domain+".enable", struct{}{}, nil)
	}
	p.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": look.Width, "height": look.Height, "deviceScaleFactor": 1, "mobile": look.Width < 600}, nil)
	scheme := "light"
	if look.Dark {
		scheme = "dark"
	}
	p.call("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}}}, nil)
	p.call("Page.navigate", map[string]any{"url": url}, nil)
	b.wait(p.session, "Page.loadEventFired")
	return p
}

func (p *Page) call(method string, params, result any) {
	p.b.tb.Helper()
	p.b.call(p.session, method, params, result)
}

// Eval evaluates JavaScript in the page, as a person could in the console, and decodes its value into result.
func (p *Page) Eval(script string, result any) {
	p.b.tb.Helper()
	var answer struct {
		Result struct {
			Value json.RawMessage `json:"value"`
		} `json:"result"`
		ExceptionDetails *struct {
			Text string `json:"text"`
		} `json:"exceptionDetails"`
	}
	p.call("Runtime.evaluate", map[string]any{"expression": script, "returnByValue": true}, &answer)
	if answer.ExceptionDetails != nil {
		p.b.tb.Fatalf("%s: %s", script, answer.ExceptionDetails.Text)
	}
	if result != nil {
		if err := json.Unmarshal(answer.Result.Value, result); err != nil {
			p.b.tb.Fatalf("%s: %v", script, err)
		}
	}
}

// Screenshot returns what one sees of the page, as PNG.
func (p *Page) Screenshot() []byte {
	p.b.tb.Helper()
	return p.data("Page.captureScreenshot", map[string]any{"format": "png"})
}

// AsPrinted shows the page as it is on paper, for what is evaluated from here on.
func (p *Page) AsPrinted() {
	p.b.tb.Helper()
	p.call("Emulation.setEmulatedMedia", map[string]any{"media": "print"}, nil)
}

// Print returns the page as PDF.
func (p *Page) Print() []byte {
	p.b.tb.Helper()
	return p.data("Page.printToPDF", map[string]any{"printBackground": true})
}

func (p *Page) data(method string, params any) []byte {
	p.b.tb.Helper()
	var answer struct {
		Data string `json:"data"`
	}
	p.call(method, params, &answer)
	data, err := base64.StdEncoding.DecodeString(answer.Data)
	if err != nil {
		p.b.tb.Fatal(err)
	}
	return data
}

// Complaints returns what the page has written to the console, what the browser says about it, and every request besides
// that for the page itself.
func (p *Page) Complaints() []string {
	p.b.mutex.Lock()
	defer p.b.mutex.Unlock()
	var out []string
	for _, event := range p.b.events {
		if event.SessionID != p.session {
			continue
		}
		switch event.Method {
		case "Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded", "Network.loadingFailed":
			out = append(out, event.Method+": "+string(event.Params))
		case "Network.requestWillBeSent":
			var sent struct {
				Request struct {
					URL string `json:"url"`
				} `json:"request"`
			}
			if err := json.Unmarshal(event.Params, &sent); err != nil {
				out = append(out, err.Error())
				continue
			}
			asked, _, _ := strings.Cut(sent.Request.URL, "#")
			if asked != p.url && !strings.HasPrefix(asked, "data:") {
				out = append(out, fmt.Sprintf("request for %s", asked))
			}
		}
	}
	return out
}
