package process

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/retort-db/retort/cmd/internal/protocol"
	"github.com/retort-db/retort/versions"
)

func TestRead(t *testing.T) {
	stream := "printed by init" + // without a line end
		"\n" + protocol.Mark + `{"event":{"kind":"start","revision":"a1"}}` + "\n" +
		"a line\n" +
		"\n" + protocol.Mark + `{"text":"SELECT 1"}` + "\n" +
		"\n" + protocol.Mark + `{"result":{"heads":["a1"]}}` + "\n" + "bye"
	var printed, text strings.Builder
	var events []string
	final, err := Driver{Output: &printed}.read(strings.NewReader(stream), Listener{
		Event: func(e versions.Event) { events = append(events, e.Revision) },
		Text:  func(piece string) error { _, err := io.WriteString(&text, piece); return err },
	})
	if err != nil || final == nil || string(final.Result) != `{"heads":["a1"]}` {
		t.Fatalf("got %+v, %v", final, err)
	}
	if got := printed.String(); got != "printed by init\na line\nbye" {
		t.Errorf("printed %q", got)
	}
	if text.String() != "SELECT 1" || len(events) != 1 || events[0] != "a1" {
		t.Errorf("text %q, events %v", text.String(), events)
	}
}

func TestReadWithoutAnswer(t *testing.T) {
	final, err := Driver{Output: io.Discard}.read(strings.NewReader("panic: no\n"), Listener{})
	if final != nil || err != nil {
		t.Fatalf("got %+v, %v", final, err)
	}
}

func TestReadBrokenMessage(t *testing.T) {
	_, err := Driver{Output: io.Discard}.read(strings.NewReader(protocol.Mark+"{\n"), Listener{})
	if err == nil {
		t.Fatal("no error")
	}
}

func TestReadListenerFails(t *testing.T) {
	full := errors.New("disk full")
	_, err := Driver{Output: io.Discard}.read(strings.NewReader(protocol.Mark+`{"text":"x"}`+"\n"), Listener{Text: func(string) error { return full }})
	if !errors.Is(err, full) {
		t.Fatalf("got %v", err)
	}
}
