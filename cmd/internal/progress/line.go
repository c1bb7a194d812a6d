package progress

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/retort-db/retort/versions"
)

// barWidth is the number of characters of a bar.
const barWidth = 20

// line returns what is under way, cut to a width: which revision of how many, which statement, for how long, and how far.
func (r run) line(now time.Time, width int) string {
	line := fmt.Sprintf("[%d/%d] %s  step %d/%d  %s  ", r.revision, max(r.revisions, r.revision), r.statement.Revision,
		r.statement.Step, r.statement.Steps, duration(now.Sub(r.since)))
	if r.progress.Kind == versions.EventProgress {
		line += r.bar() + r.counted(now) + r.left(now) + "  "
	}
	return cut(line+oneLine(r.statement), width)
}

// bar returns "[####    ] ", or nothing if it is not known how much there is to do.
func (r run) bar() string {
	if r.progress.Total <= 0 {
		return ""
	}
	full := int(min(r.progress.Done*barWidth/r.progress.Total, barWidth))
	return "[" + strings.Repeat("#", full) + strings.Repeat(" ", barWidth-full) + "] "
}

// counted returns "420,000 of about 1,204,000 (34 %), 9,800/s".
func (r run) counted(now time.Time) string {
	p := r.progress
	text := thousands(p.Done)
	if p.Total > 0 {
		text += fmt.Sprintf(" of about %s (%d %%)", thousands(max(p.Total, p.Done)), min(p.Done*100/p.Total, 100))
	}
	if rate := r.rate(now); rate >= 1 {
		text += ", " + thousands(int64(rate)) + "/s"
	}
	return text
}

// left returns ", 1m20s left", as far as that can be told.
func (r run) left(now time.Time) string {
	rate := r.rate(now)
	if r.progress.Done >= r.progress.Total || rate <= 0 {
		return ""
	}
	return ", " + duration(time.Duration(float64(r.progress.Total-r.progress.Done)/rate*float64(time.Second))) + " left"
}

// rate is how much is done in a second; 0 as long as that says little.
func (r run) rate(now time.Time) float64 {
	elapsed := now.Sub(r.since).Seconds()
	if elapsed < 1 {
		return 0
	}
	return float64(r.progress.Done) / elapsed
}

// oneLine says what a statement is, on one line and without control characters.
func oneLine(statement versions.Event) string {
	text := statement.SQL
	if text == "" {
		text = statement.Text
	}
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
	return strings.Join(strings.Fields(text), " ")
}

func cut(line string, width int) string {
	runes := []rune(line)
	if width <= 0 || len(runes) <= width {
		return strings.TrimRight(line, " ")
	}
	return string(runes[:width-1]) + "…"
}

// duration returns "12s" or "1m20s"; tenths only where that is most of it.
func duration(d time.Duration) string {
	if d < 10*time.Second {
		return d.Truncate(100 * time.Millisecond).String()
	}
	return d.Truncate(time.Second).String()
}

// thousands returns "1,204,000".
func thousands(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for at := len(digits) - 3; at > 0 && digits[at-1] != '-'; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}
