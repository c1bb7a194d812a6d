package render_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/retort-db/retort/render"
)

// gitLabSchema is what GitLab's documentation of Code Quality reports asks of a report: the properties that it needs, their
// types, and the values of the severity.
const gitLabSchema = `{
	"$schema": "https://json-schema.org/draft/2020-12/schema",
	"type": "array",
	"items": {
		"type": "object",
		"required": ["description", "check_name", "fingerprint", "severity", "location"],
		"properties": {
			"description": {"type": "string", "minLength": 1},
			"check_name": {"type": "string", "minLength": 1},
			"fingerprint": {"type": "string", "minLength": 1},
			"severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
			"location": {
				"type": "object",
				"required": ["path", "lines"],
				"properties": {
					"path": {"type": "string", "pattern": "^([^/.]|[.][^/]|[.]$)"},
					"lines": {"type": "object", "required": ["begin"], "properties": {"begin": {"type": "integer", "minimum": 1}}}
				}
			}
		}
	}
}`

// TestSchemas holds what is written to the schemas of the platforms: annotations of every kind, none at all, and such as
// nothing is known of.
func TestSchemas(t *testing.T) {
	sarif, err := os.ReadFile("testdata/sarif-schema-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	schemas := map[string]*jsonschema.Schema{"sarif": compileSchema(t, string(sarif)), "gitlab": compileSchema(t, gitLabSchema)}
	long := strings.Repeat("ä\x00\n", 5000)
	for name, list := range map[string][]render.Annotation{
		"some": annotations, "none": nil, "odd": {{Rule: "r", Title: long, Text: long, File: "a b/ü#?.go", Line: 1, Severity: render.AnnotationNotice}},
	} {
		for _, rules := range [][]render.AnnotationRule{annotationRules, nil} {
			data, err := render.SARIF(list, rules)
			if err != nil {
				t.Fatal(err)
			}
			validate(t, name+" as SARIF", schemas["sarif"], data)
		}
		data, err := render.GitLabCodeQuality(list)
		if err != nil {
			t.Fatal(err)
		}
		validate(t, name+" for GitLab", schemas["gitlab"], data)
	}
	// The schemas refuse what is wrong.
	for name, wrong := range map[string]string{"sarif": `{"version": "2.1.0", "runs": [{"results": []}]}`, "gitlab": `[{"description": "d", "check_name": "c", "fingerprint": "f", "severity": "bad", "location": {}}]`} {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(wrong))
		if err != nil {
			t.Fatal(err)
		}
		if schemas[name].Validate(value) == nil {
			t.Errorf("the schema of %s takes %s", name, wrong)
		}
	}
}

func compileSchema(t *testing.T, text string) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("schema.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func validate(t *testing.T, what string, schema *jsonschema.Schema, data []byte) {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(value); err != nil {
		t.Errorf("%s: %v", what, err)
	}
}
