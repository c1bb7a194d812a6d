package config

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/retort-db/retort/cmd/internal/suggest"
	"github.com/retort-db/retort/lint"
)

// lint reads what the linter fails on and leaves out.
func (p *parser) lint(key string, node *yaml.Node) {
	if node.Kind != yaml.MappingNode {
		p.fail(node, "%s must hold fail_on or ignore, such as \"ignore: [enum-order]\"", key)
		return
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		name, value := node.Content[i], resolveAlias(node.Content[i+1])
		switch name.Value {
		case "fail_on":
			policy, err := lint.ParsePolicy(p.texts(key+": fail_on", value)...)
			if err != nil {
				p.fail(value, "%s: fail_on: %v", key, err)
			}
			p.config.LintFailOn = policy
		case "ignore":
			p.config.LintIgnore = p.texts(key+": ignore", value)
			for _, id := range p.config.LintIgnore {
				if known := ruleIDs(); !slices.Contains(known, id) {
					p.fail(value, "%s: ignore: unknown rule %q%s", key, id, suggest.Sentence(id, known))
				}
			}
		default:
			p.fail(name, "%s: unknown key %q%s", key, name.Value, suggest.Sentence(name.Value, []string{"fail_on", "ignore"}))
		}
	}
}

func ruleIDs() []string {
	var ids []string
	for _, rule := range lint.Rules() {
		ids = append(ids, rule.ID)
	}
	return ids
}
