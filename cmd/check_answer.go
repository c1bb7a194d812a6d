package cmd

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/retort-db/retort/cmd/internal/output"
	"github.com/retort-db/retort/lint"
	"github.com/retort-db/retort/render"
)

// answer prints what was found, in the form that was asked for.
func (c *checking) answer() error {
	switch c.format {
	case output.Text:
		return c.text(c.Stdout)
	case output.JSON:
		return c.json()
	}
	problems := append(slices.Clone(c.problems), c.driftProblems()...)
	problems = append(problems, failureProblems(c.failed)...)
	list := annotations(problems, repositoryRoot(c.config.Dir))
	for n := range list {
		if list[n].File == "" {
			list[n].File = inRepository(c.ownFile(), repositoryRoot(c.config.Dir))
		}
	}
	var out []byte
	var err error
	switch c.format {
	case formatSARIF:
		out, err = render.SARIF(list, checkRules)
	case formatGitLab:
		out, err = render.GitLabCodeQuality(list)
	default:
		out = []byte(render.GitHubAnnotations(list))
	}
	if err != nil {
		return err
	}
	_, err = c.Stdout.Write(out)
	return err
}

func (c *checking) json() error {
	answer := output.Answer{Command: c.Command.Name, Result: map[string]any{
		"clean": c.outcome() == nil, "problems": nonNil(c.problems), "comparisons": nonNil(c.drifts),
	}}
	if c.failed != nil {
		answer.Error = answerError(c.failed)
		c.failed = answered{c.failed}
	}
	c.reported = true
	return output.WriteJSON(c.Stdout, answer)
}

func (c *checking) text(w io.Writer) error {
	style := c.style(w)
	for _, p := range c.problems {
		if p.Severity != render.AnnotationError && !slices.ContainsFunc(checkRules, func(r render.AnnotationRule) bool { return r.ID == p.Rule }) {
			continue // of a model, and told already
		}
		mark := style.Yellow(string(p.Severity))
		if p.Severity == render.AnnotationError {
			mark = style.Red(string(p.Severity))
		}
		if _, err := fmt.Fprintf(w, "%s: %s%s\n", mark, p.place(), p.Text); err != nil {
			return err
		}
		if p.Way != "" {
			if _, err := fmt.Fprintf(w, "  %s\n", p.Way); err != nil {
				return err
			}
		}
	}
	for _, one := range c.drifts {
		if err := c.writeDrift(w, one); err != nil {
			return err
		}
	}
	return nil
}

func (c *checking) writeDrift(w io.Writer, one drift) error {
	style := c.style(w)
	for _, group := range grouped(one.Engines) {
		changes := group[0].Changes
		if len(changes) == 0 {
			if _, err := fmt.Fprintf(w, "%s agree (%s)\n", one.Between, dialectsOfGroup(group)); err != nil {
				return err
			}
			continue
		}
		if _, err := fmt.Fprintf(w, "%s differ (%s): %s\n", one.Between, dialectsOfGroup(group), plural(len(changes), "change")); err != nil {
			return err
		}
		if err := writeChanges(w, style, changes); err != nil {
			return err
		}
		for _, f := range group[0].Findings {
			if f.ID != "likely-rename" {
				continue
			}
			if _, err := fmt.Fprintf(w, "    %s: %s\n", f.Object, f.Text); err != nil {
				return err
			}
		}
		if one.rule == ruleMissingRevision {
			if err := c.writeHazards(w, group[0].Findings); err != nil {
				return err
			}
		}
	}
	if one.Meaning != "" {
		c.note("\n%s", one.Meaning)
	}
	return nil
}

// writeHazards says in one line what a revision with the changes would lose, lock or break; -v lists it.
func (c *checking) writeHazards(w io.Writer, findings []finding) error {
	style := c.style(w)
	titles, severities := map[string]string{}, map[lint.Severity]int{}
	for _, rule := range lint.Rules() {
		titles[rule.ID] = rule.Title
	}
	var rules []string
	for _, f := range findings {
		if titles[f.ID] == "" {
			continue
		}
		severities[lint.Severity(f.Severity)]++
		if !slices.Contains(rules, f.ID) {
			rules = append(rules, f.ID)
		}
	}
	if len(rules) == 0 {
		return nil
	}
	var counts []string
	for _, severity := range lint.Severities {
		if severities[severity] > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", severities[severity], severity))
		}
	}
	hint := "; -v lists them"
	if c.Bool("verbose") {
		hint = ""
	}
	if _, err := fmt.Fprintf(w, "    hazards: %s (%s)%s\n", strings.Join(counts, ", "), strings.Join(rules, ", "), hint); err != nil || hint != "" {
		return err
	}
	for _, f := range findings {
		if titles[f.ID] == "" {
			continue
		}
		mark := style.Yellow(f.Severity)
		if f.Severity == string(lint.Danger) {
			mark = style.Red(f.Severity)
		}
		if _, err := fmt.Fprintf(w, "      %s: %s%s (%s)\n        %s\n", mark, prefixed(f.Object), f.Text, f.ID, f.Way); err != nil {
			return err
		}
	}
	return nil
}

// prefixed is an object as it stands before a text about it.
func prefixed(object string) string {
	if object == "" {
		return ""
	}
	return object + ": "
}

// driftProblems turns the differences into problems with their places, for platforms that show one at a time.
func (c *checking) driftProblems() []problem {
	var out []problem
	for _, one := range c.drifts {
		for _, group := range grouped(one.Engines) {
			for _, change := range group[0].Changes {
				p := problem{Rule: one.rule, Severity: render.AnnotationError, File: c.modelFile(change.File), Line: change.Line,
					Text: fmt.Sprintf("%s (%s)", change.Text, dialectsOfGroup(group)), Way: one.Meaning}
				if one.rule == ruleModelsAndDatabase {
					p.Severity = render.AnnotationNotice
				}
				if p.File == "" {
					p.File, p.Line = c.newest()
				}
				out = append(out, p)
			}
		}
	}
	return out
}

// newest is where the newest head is written: the end of the history, where a revision is missing.
func (c *checking) newest() (file string, line int) {
	all := c.graph.All()
	if len(all) == 0 {
		return "", 0
	}
	return shown(all[len(all)-1].File), all[len(all)-1].Line
}

// ownFile stands for the project where a problem has no place.
func (c *checking) ownFile() string {
	if c.config.File != "" {
		return c.config.File
	}
	return filepath.Join(c.config.Dir, "go.mod")
}

// modelFile names a file of the models as the user does. Models name theirs from the module's root.
func (c *checking) modelFile(file string) string {
	if file == "" || filepath.IsAbs(file) {
		return file
	}
	home, err := findModule(c.config.Dir)
	if err != nil {
		return file
	}
	return shown(filepath.Join(home.root, filepath.FromSlash(strings.TrimSpace(file))))
}
