package render

import (
	"bytes"
	"go/format"
	"go/parser"
	"go/token"
	"strings"

	"github.com/dave/jennifer/jen"
)

// finish returns the file's source: formatted, with the standard library's imports apart, and known to be Go.
func finish(file *jen.File) ([]byte, error) {
	var buffer bytes.Buffer
	if err := file.Render(&buffer); err != nil {
		return nil, err
	}
	source, err := format.Source(groupImports(buffer.Bytes()))
	if err != nil {
		return nil, err
	}
	if _, err := parser.ParseFile(token.NewFileSet(), "", source, parser.ParseComments); err != nil {
		return nil, err
	}
	return source, nil
}

// groupImports sets an empty line between the standard library's imports and the others.
func groupImports(source []byte) []byte {
	before, rest, ok := strings.Cut(string(source), "\nimport (\n")
	if !ok {
		return source
	}
	imports, after, ok := strings.Cut(rest, "\n)\n")
	if !ok {
		return source
	}
	var standard, others []string
	for line := range strings.SplitSeq(imports, "\n") {
		if first, _, _ := strings.Cut(strings.Trim(strings.TrimSpace(line), `"`), "/"); strings.Contains(first, ".") {
			others = append(others, line)
		} else {
			standard = append(standard, line)
		}
	}
	if len(standard) > 0 && len(others) > 0 {
		standard = append(standard, "")
	}
	return []byte(before + "\nimport (\n" + strings.Join(append(standard, others...), "\n") + "\n)\n" + after)
}
