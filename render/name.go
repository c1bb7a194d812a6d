package render

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// DefaultFileTemplate names files by the time of their creation, so that a directory lists them in their order.
const DefaultFileTemplate = "{year}{month}{day}{hour}{minute}{second}_{slug}"

// slugWidth is how long a slug may be, in characters.
const slugWidth = 50

// placeholders are what a file template may hold, and their values.
var placeholders = map[string]func(id, slug string, created time.Time) string{
	"id":     func(id, _ string, _ time.Time) string { return Slug(id) },
	"slug":   func(_, slug string, _ time.Time) string { return slug },
	"year":   func(_, _ string, t time.Time) string { return t.Format("2006") },
	"month":  func(_, _ string, t time.Time) string { return t.Format("01") },
	"day":    func(_, _ string, t time.Time) string { return t.Format("02") },
	"hour":   func(_, _ string, t time.Time) string { return t.Format("15") },
	"minute": func(_, _ string, t time.Time) string { return t.Format("04") },
	"second": func(_, _ string, t time.Time) string { return t.Format("05") },
	"unix":   func(_, _ string, t time.Time) string { return fmt.Sprint(t.Unix()) },
}

var placeholder = regexp.MustCompile(`\{([^{}]*)\}`)

// CheckFileTemplate returns an error that names an unknown placeholder of a file template, or one whose files could get
// the same name.
func CheckFileTemplate(template string) error {
	unique := false
	for _, match := range placeholder.FindAllStringSubmatch(template, -1) {
		if placeholders[match[1]] == nil {
			known := make([]string, 0, len(placeholders))
			for name := range placeholders {
				known = append(known, "{"+name+"}")
			}
			slices.Sort(known)
			return fmt.Errorf("file_template %q: unknown placeholder {%s}; there are %s", template, match[1], strings.Join(known, " "))
		}
		unique = unique || slices.Contains([]string{"id", "slug", "second", "unix"}, match[1])
	}
	if template != "" && !unique {
		return fmt.Errorf("file_template %q gives every revision the same name; add {id} or {slug}", template)
	}
	return nil
}

// FileName returns the name of a revision's file. The template holds placeholders in braces: id, slug (the message in
// lower case, at most 50 characters), year, month, day, hour, minute, second and unix; empty means [DefaultFileTemplate].
// The time is taken in UTC. The name is one that Go builds: it never ends in "_test", an operating system or an
// architecture, and never begins with "_" or ".".
func FileName(template, id, message string, created time.Time) string {
	if template == "" {
		template = DefaultFileTemplate
	}
	slug := Slug(message)
	stem := placeholder.ReplaceAllStringFunc(strings.TrimSuffix(template, ".go"), func(match string) string {
		if value := placeholders[strings.Trim(match, "{}")]; value != nil {
			return value(id, slug, created.UTC())
		}
		return ""
	})
	stem = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) || r < ' ' {
			return '_'
		}
		return r
	}, stem)
	stem = strings.Trim(strings.Trim(stem, "_.- "), "_.- ")
	if stem == "" {
		stem = "revision_" + Slug(id)
	}
	if words := strings.Split(stem, "_"); ignoredWords[strings.ToLower(words[len(words)-1])] {
		stem += "_change"
	}
	return stem + ".go"
}

// Slug returns a text as part of a file name: lower case, with underscores between words, cut at the end of a word.
func Slug(text string) string {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	out := ""
	for _, word := range words {
		if len(out)+1+len(word) > slugWidth && out != "" {
			break
		}
		if out != "" {
			out += "_"
		}
		out += word
	}
	return out[:min(len(out), slugWidth)]
}

// ignoredWords are the last words of a file name, after an underscore, for which Go leaves the file out on some or all
// platforms: "test", and every GOOS and GOARCH of go/build's lists (internal/syslist).
var ignoredWords = func() map[string]bool {
	words := map[string]bool{"test": true}
	for word := range strings.FieldsSeq(`
		aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris wasip1 windows zos
		386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le ppc ppc64
		ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm`) {
		words[word] = true
	}
	return words
}()

// MessageFor names a revision by what it changes: "add users.phone and 2 more changes".
func MessageFor(operations []op.Operation) string {
	main := significant(flatten(operations))
	if len(main) == 0 {
		return "no changes"
	}
	if created := createdTables(main); len(created) == len(main) && len(created) > 1 {
		return "create " + enumerate(shortenTo(created, 2, "%d more tables"))
	}
	message := act(main[0])
	switch more := len(main) - 1; more {
	case 0:
		return message
	case 1:
		return message + " and 1 more change"
	default:
		return fmt.Sprintf("%s and %d more changes", message, more)
	}
}

func shortenTo(names []string, keep int, others string) []string {
	if more := len(names) - keep; more > 1 {
		return append(slices.Clone(names[:keep]), fmt.Sprintf(others, more))
	}
	return names
}

func createdTables(operations []op.Operation) []string {
	var names []string
	for _, operation := range operations {
		if create, ok := operation.(*op.CreateTable); ok {
			names = append(names, create.Table.Name.String())
		}
	}
	return names
}

// significant leaves out what only comes along with something else: indexes, constraints and comments of a table that is
// created too, and extensions and namespaces beside other changes. New tables come first.
func significant(operations []op.Operation) []op.Operation {
	created := map[schema.Name]bool{}
	for _, operation := range operations {
		if create, ok := operation.(*op.CreateTable); ok {
			created[create.Table.Name] = true
		}
	}
	var tables, others, companions []op.Operation
	for _, operation := range operations {
		switch operation.(type) {
		case *op.CreateTable:
			tables = append(tables, operation)
		case *op.CreateExtension, *op.CreateNamespace:
			companions = append(companions, operation)
		case *op.DropTable, *op.RenameTable:
			others = append(others, operation)
		default:
			if !created[operation.Subject()] {
				others = append(others, operation)
			}
		}
	}
	if main := slices.Concat(tables, others); len(main) > 0 {
		return main
	}
	return companions
}

// act says what an operation does, as an order.
func act(operation op.Operation) string {
	switch o := operation.(type) {
	case *op.AddColumn:
		return "add " + o.Table.String() + "." + o.Column.Name
	case *op.DropColumn:
		return "drop " + o.Table.String() + "." + o.Name
	case *op.RenameColumn:
		return "rename " + o.Table.String() + "." + o.From + " to " + o.To
	case *op.AlterColumn:
		return "alter " + o.Table.String() + "." + o.Name
	case *op.CreateTable:
		return "create " + o.Table.Name.String()
	case *op.DropTable:
		return "drop " + o.Name.String()
	case *op.RenameTable:
		return "rename " + o.From.String() + " to " + o.To.String()
	case *op.AlterTable:
		return "alter " + o.Name.String()
	case *op.CreateIndex:
		return "index " + o.Table.String() + " by " + strings.Join(indexWords(o.Index), ", ")
	case *op.DropIndex:
		return "drop index " + o.Name
	case *op.AddConstraint:
		return fmt.Sprintf("add %s to %s", o.Type(), o.Table)
	case *op.DropConstraint:
		return fmt.Sprintf("drop %s of %s", o.Type, o.Table)
	}
	return truncate(printable(operation.String()), 60)
}

func indexWords(index *schema.Index) []string {
	words := make([]string, len(index.Parts))
	for i, part := range index.Parts {
		words[i] = part.Column + part.Expr
	}
	return words
}
