package config

import (
	"maps"
	"path"
	"regexp"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/retort-db/retort/cmd/internal/suggest"
	"github.com/retort-db/retort/lint"
)

var lintKeys = []string{"fail_on", "ignore", "rules", "types", "charsets", "engines", "names"}

// lint reads what the linter fails on, and what the project says about the rules.
func (p *parser) lint(key string, node *yaml.Node) {
	p.entries(node, key+" must hold fail_on, ignore or the like, such as \"ignore: [enum-order]\"", func(name, value *yaml.Node) {
		at := key + ": " + name.Value
		project := &p.config.Lint
		switch name.Value {
		case "fail_on":
			policy, err := lint.ParsePolicy(p.texts(at, value)...)
			if err != nil {
				p.fail(value, "%s: %v", at, err)
			}
			p.config.LintFailOn = policy
		case "ignore":
			project.Ignore = append(project.Ignore, p.texts(at, value)...)
			for _, id := range project.Ignore {
				p.knownRule(at, value, id)
			}
		case "rules":
			p.entries(value, at+" must hold rules, such as \"prefer-text: info\"", func(rule, setting *yaml.Node) {
				p.knownRule(at, rule, rule.Value)
				p.rule(at+": "+rule.Value, rule.Value, setting)
			})
		case "types":
			project.Types = p.list(at, value)
		case "charsets":
			project.Charsets = p.list(at, value)
		case "engines":
			project.Engines = p.list(at, value)
		case "names":
			p.namePatterns(at, value)
		default:
			p.fail(name, "%s: unknown key %q%s", key, name.Value, suggest.Sentence(name.Value, lintKeys))
		}
	})
}

// rule reads what is said about one rule: its severity, "off", or a mapping with severity and except.
func (p *parser) rule(key, id string, node *yaml.Node) {
	if node.Kind == yaml.MappingNode {
		p.entries(node, "", func(name, value *yaml.Node) {
			switch name.Value {
			case "severity":
				p.severity(key+": severity", id, value)
			case "except":
				patterns := p.some(key+": except", value)
				for _, pattern := range patterns {
					if _, err := path.Match(pattern, ""); err != nil {
						p.fail(value, "%s: except: %q is no pattern of files", key, pattern)
					}
				}
				if p.config.Lint.Except == nil {
					p.config.Lint.Except = map[string][]string{}
				}
				p.config.Lint.Except[id] = patterns
			default:
				p.fail(name, "%s: unknown key %q%s", key, name.Value, suggest.Sentence(name.Value, []string{"severity", "except"}))
			}
		})
		return
	}
	p.severity(key, id, node)
}

func (p *parser) severity(key, id string, node *yaml.Node) {
	switch text := p.oneOf(key, node, "danger", "warning", "info", "off"); text {
	case "":
	case "off":
		p.config.Lint.Ignore = append(p.config.Lint.Ignore, id)
	default:
		if p.config.Lint.Severities == nil {
			p.config.Lint.Severities = map[string]lint.Severity{}
		}
		p.config.Lint.Severities[id] = lint.Severity(text)
	}
}

// list reads what may be used: allow, deny, or both.
func (p *parser) list(key string, node *yaml.Node) (list lint.List) {
	p.entries(node, key+" must hold allow or deny, such as \"deny: [money]\"", func(name, value *yaml.Node) {
		switch name.Value {
		case "allow":
			list.Allow = p.some(key+": allow", value)
		case "deny":
			list.Deny = p.some(key+": deny", value)
		default:
			p.fail(name, "%s: unknown key %q%s", key, name.Value, suggest.Sentence(name.Value, []string{"allow", "deny"}))
		}
	})
	return list
}

func (p *parser) namePatterns(key string, node *yaml.Node) {
	p.entries(node, key+" must hold patterns, such as \"index: ^ix_\"", func(name, value *yaml.Node) {
		if !slices.Contains(lint.NameKinds, name.Value) {
			p.fail(name, "%s: unknown kind %q%s", key, name.Value, suggest.Sentence(name.Value, lint.NameKinds))
			return
		}
		pattern, err := regexp.Compile(p.text(key+": "+name.Value, value))
		if err != nil {
			p.fail(value, "%s: %s: %v", key, name.Value, err)
			return
		}
		if p.config.Lint.Names == nil {
			p.config.Lint.Names = map[string]*regexp.Regexp{}
		}
		p.config.Lint.Names[name.Value] = pattern
	})
}

// entries calls read for each key of a mapping with its value, or says what must stand there.
func (p *parser) entries(node *yaml.Node, must string, read func(name, value *yaml.Node)) {
	if node.Kind != yaml.MappingNode {
		p.fail(node, "%s", must)
		return
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		read(node.Content[i], resolveAlias(node.Content[i+1]))
	}
}

func (p *parser) knownRule(key string, node *yaml.Node, id string) {
	known := slices.Sorted(maps.Keys(ruleIDs))
	if !ruleIDs[id] {
		p.fail(node, "%s: unknown rule %q%s", key, id, suggest.Sentence(id, known))
	}
}

var ruleIDs = func() map[string]bool {
	ids := map[string]bool{}
	for _, rule := range lint.Rules() {
		ids[rule.ID] = true
	}
	return ids
}()
