package reflect

import (
	"bytes"
)

// typeDeclarations returns a Go file with everything but its package clause, imports and type declarations replaced by
// blanks, so that positions stay and parsing it costs little; nil if no type is declared in it that may be a model. It
// knows only as much of Go as it takes to find the top-level declarations: strings, comments and brackets.
func typeDeclarations(src []byte) (declarations []byte, packageName string) {
	s := declarationScanner{src: src}
	s.scan()
	if !s.hasTypes {
		return nil, s.packageName
	}
	return s.blanked(), s.packageName
}

type declarationScanner struct {
	src         []byte
	pos         int
	packageName string
	hasTypes    bool
	keep        [][2]int // ranges of declarations to keep
}

func (s *declarationScanner) scan() {
	depth := 0
	atStart := true // of a statement
	begin, keeping := 0, false
	closeRange := func() {
		if keeping {
			s.keep = append(s.keep, [2]int{begin, s.pos})
		}
	}
	for s.pos < len(s.src) {
		c := s.src[s.pos]
		switch {
		case c == '\n' || c == ';':
			atStart = true
			s.pos++
			continue
		case c == ' ' || c == '\t' || c == '\r':
			s.pos++
			continue
		case c == '/' && s.pos+1 < len(s.src) && (s.src[s.pos+1] == '/' || s.src[s.pos+1] == '*'):
			s.comment()
			continue
		case c == '"' || c == '\'':
			s.quoted(c)
		case c == '`':
			s.raw()
		case c == '{' || c == '(' || c == '[':
			depth++
			s.pos++
		case c == '}' || c == ')' || c == ']':
			depth--
			s.pos++
		case isWordByte(c):
			if depth != 0 || !atStart {
				s.skipWord()
				break
			}
			word := s.word()
			switch word {
			case "package", "import", "type", "func", "var", "const":
				end := s.pos
				s.pos -= len(word)
				closeRange()
				begin, keeping = s.pos, word == "package" || word == "import" || word == "type"
				s.pos = end
				s.hasTypes = s.hasTypes || word == "type"
				if word == "package" {
					s.skipBlanks()
					s.packageName = s.word()
				}
			}
		default:
			s.pos++
		}
		atStart = false
	}
	closeRange()
}

// blanked returns the source with all but the kept ranges blank. Newlines stay.
func (s *declarationScanner) blanked() []byte {
	out := make([]byte, len(s.src))
	at := 0
	blank := func(to int) {
		for at < to {
			newline := bytes.IndexByte(s.src[at:to], '\n')
			if newline < 0 {
				newline = to - at
			}
			for i := at; i < at+newline; i++ {
				out[i] = ' '
			}
			at += newline
			if at < to {
				out[at] = '\n'
				at++
			}
		}
	}
	for _, keep := range s.keep {
		blank(keep[0])
		at += copy(out[at:keep[1]], s.src[at:keep[1]])
	}
	blank(len(s.src))
	return out
}

func (s *declarationScanner) comment() {
	rest := s.src[s.pos:]
	var end int
	if rest[1] == '/' {
		if end = bytes.IndexByte(rest, '\n'); end < 0 {
			end = len(rest)
		}
	} else if end = bytes.Index(rest[2:], []byte("*/")); end < 0 {
		end = len(rest)
	} else {
		end += 4
	}
	s.pos += end
}

func (s *declarationScanner) quoted(quote byte) {
	s.pos++
	for s.pos < len(s.src) {
		switch s.src[s.pos] {
		case '\\':
			s.pos++
		case quote:
			s.pos++
			return
		case '\n':
			return // not closed
		}
		s.pos++
	}
}

func (s *declarationScanner) raw() {
	end := bytes.IndexByte(s.src[s.pos+1:], '`')
	if end < 0 {
		s.pos = len(s.src)
		return
	}
	s.pos += end + 2
}

func (s *declarationScanner) skipBlanks() {
	for s.pos < len(s.src) && (s.src[s.pos] == ' ' || s.src[s.pos] == '\t') {
		s.pos++
	}
}

func (s *declarationScanner) word() string {
	start := s.pos
	s.skipWord()
	return string(s.src[start:s.pos])
}

func (s *declarationScanner) skipWord() {
	for s.pos < len(s.src) && isWordByte(s.src[s.pos]) {
		s.pos++
	}
}

func isWordByte(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= 0x80
}
