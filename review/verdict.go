package review

import (
	"fmt"
	"strings"

	"github.com/retort-db/retort/lint"
)

// judge sums the report up.
func (r *Report) judge() {
	r.Verdict = Verdict{Level: r.level(), Title: r.title()}
	var parts []string
	say := func(count int, one, many string) {
		if count == 1 {
			parts = append(parts, "1 "+one)
		} else if count > 1 {
			parts = append(parts, fmt.Sprintf("%d %s", count, many))
		}
	}
	say(r.Count(UndecidedRename), "undecided rename", "undecided renames")
	for _, trouble := range r.Troubles {
		if trouble.Severity == lint.Danger {
			parts = append(parts, troubleWords(trouble.ID))
		}
	}
	say(r.Severe(lint.Danger), "danger", "dangers")
	if categories := r.categories(lint.Danger); categories != "" {
		parts[len(parts)-1] += " (" + categories + ")"
	}
	say(r.Severe(lint.Warning), "warning", "warnings")
	broken, none, schemaOnly := r.backs()
	say(broken, "downgrade that does not restore the schema", "downgrades that do not restore the schema")
	say(none, "revision without a way back", "revisions without a way back")
	say(schemaOnly, "downgrade that cannot bring data back", "downgrades that cannot bring data back")
	summary := strings.Join(parts, "; ")
	switch r.Verdict.Level {
	case Nothing:
		r.Verdict.Text = "No schema changes."
		if summary != "" {
			r.Verdict.Text = "No schema changes. But: " + summary + "."
		}
	case Harmless:
		r.Verdict.Text = "Nothing to worry about."
		if summary != "" {
			r.Verdict.Text = "Nothing to worry about: " + summary + "."
		}
	case NeedsDecision:
		r.Verdict.Text = "Needs a decision: " + summary + "."
	case Dangerous:
		r.Verdict.Text = "Needs attention: " + summary + "."
	default:
		r.Verdict.Text = "Worth a look: " + summary + "."
	}
}

func troubleWords(id string) string {
	if words := map[string]string{
		"several-heads": "several heads", "same-id": "an id that is taken", "edited-revision": "a revision of the base was changed",
		"removed-revision": "a revision of the base is gone", "drift": "the models have more", "no-sql": "no SQL for an engine",
		"opaque": "a step that nobody understands",
	}[id]; words != "" {
		return words
	}
	return id
}

func (r *Report) level() Level {
	broken, none, schemaOnly := r.backs()
	dangers, warnings := r.Severe(lint.Danger), r.Severe(lint.Warning)
	for _, trouble := range r.Troubles {
		switch trouble.Severity {
		case lint.Danger:
			dangers++
		case lint.Warning:
			warnings++
		}
	}
	switch {
	case r.Count(UndecidedRename) > 0:
		return NeedsDecision
	case dangers+broken > 0:
		return Dangerous
	case warnings+none+schemaOnly > 0:
		return Noteworthy
	case len(r.Revisions) == 0:
		return Nothing
	}
	return Harmless
}

func (r *Report) title() string {
	if len(r.Revisions) == 0 {
		return "No schema changes"
	}
	tables, others := 0, 0
	for _, o := range r.Objects {
		if o.Kind == "table" {
			tables++
		} else {
			others++
		}
	}
	text := plural(len(r.Revisions), "revision")
	verb := " change "
	if len(r.Revisions) == 1 {
		verb = " changes "
	}
	switch {
	case tables > 0 && others > 0:
		return text + verb + plural(tables, "table") + " and " + plural(others, "other object")
	case tables > 0:
		return text + verb + plural(tables, "table")
	case others > 0:
		return text + verb + plural(others, "object")
	}
	return text + verb + "no object of the schema"
}

func plural(count int, one string) string {
	if count == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", count, one)
}

// Count returns how many assumptions are of a kind.
func (r *Report) Count(kind AssumptionKind) int {
	count := 0
	for _, a := range r.Assumptions {
		if a.Kind == kind {
			count++
		}
	}
	return count
}

// Severe returns how many findings have a severity.
func (r *Report) Severe(severity lint.Severity) int {
	count := 0
	for _, f := range r.Findings {
		if f.Severity == severity {
			count++
		}
	}
	return count
}

// categories names the categories of the findings of a severity, "destructive, lock".
func (r *Report) categories(severity lint.Severity) string {
	var names []string
	for _, category := range lint.Categories {
		for _, f := range r.Findings {
			if f.Severity == severity && f.Category == category {
				names = append(names, string(category))
				break
			}
		}
	}
	return strings.Join(names, ", ")
}

func (r *Report) backs() (broken, none, schemaOnly int) {
	for _, revision := range r.Revisions {
		switch revision.Back.Level {
		case BackBroken:
			broken++
		case BackNone:
			none++
		case BackSchema:
			schemaOnly++
		}
	}
	return broken, none, schemaOnly
}
