package reflect_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	stdreflect "reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"github.com/retort-db/retort/reflect"
	"github.com/retort-db/retort/reflect/testdata/social/auth"
	"github.com/retort-db/retort/reflect/testdata/social/federation"
	"github.com/retort-db/retort/reflect/testdata/social/jobs"
	"github.com/retort-db/retort/reflect/testdata/social/model"
	"github.com/retort-db/retort/reflect/testdata/social/moderation"
	"github.com/retort-db/retort/schema"
)

var update = flag.Bool("update", false, "write the golden files anew")

const socialPath = "github.com/retort-db/retort/reflect/testdata/social"

// social lists the models of testdata/social, a server in the style of large open ones: no bun.BaseModel in most structs,
// several packages, shared embedded structs, junctions with and without keys, read models, frozen copies.
var social = []any{
	(*model.Account)(nil), (*model.AccountStats)(nil), (*model.AccountToEmoji)(nil), (*model.AccountNote)(nil),
	(*model.AccountSettings)(nil), (*model.Emoji)(nil), (*model.EmojiCategory)(nil), (*model.Session)(nil),
	(*model.Follow)(nil), (*model.FollowRequest)(nil), (*model.Block)(nil), (*model.Mute)(nil), (*model.Status)(nil),
	(*model.StatusEdit)(nil), (*model.StatusToTag)(nil), (*model.StatusToEmoji)(nil), (*model.Tag)(nil),
	(*model.FollowedTag)(nil), (*model.Mention)(nil), (*model.Thread)(nil), (*model.ThreadMute)(nil),
	(*model.Favourite)(nil), (*model.Bookmark)(nil), (*model.Attachment)(nil), (*model.Poll)(nil), (*model.PollVote)(nil),
	(*model.List)(nil), (*model.ListEntry)(nil), (*model.Notification)(nil), (*model.Marker)(nil),
	(*model.MarkerEvent)(nil), (*model.Conversation)(nil), (*model.ConversationToStatus)(nil),
	(*federation.Instance)(nil), (*federation.Rule)(nil), (*federation.Delivery)(nil), (*federation.Tombstone)(nil),
	(*federation.DomainBlock)(nil), (*federation.BlockList)(nil), (*federation.AllowedHeader)(nil),
	(*federation.BlockedHeader)(nil), (*moderation.Report)(nil), (*moderation.ReportToRule)(nil),
	(*moderation.Filter)(nil), (*moderation.FilterKeyword)(nil), (*moderation.FilterStatus)(nil),
	(*moderation.Measure)(nil), (*moderation.Warning)(nil), (*moderation.Appeal)(nil), (*moderation.Price)(nil),
	(*auth.User)(nil), (*auth.Application)(nil), (*auth.Client)(nil), (*auth.Token)(nil), (*auth.Role)(nil),
	(*auth.UserRole)(nil), (*auth.Invite)(nil), (*auth.Denied)(nil), (*auth.Passkey)(nil), (*jobs.Job)(nil),
	(*jobs.Run)(nil), (*jobs.Schedule)(nil), (*jobs.Setting)(nil), (*jobs.Announcement)(nil),
	(*jobs.AnnouncementReaction)(nil), (*jobs.AnnouncementRead)(nil), (*jobs.Webhook)(nil), (*jobs.WebhookCall)(nil),
	(*jobs.Push)(nil),
}

// discoverSocial looks for the models in a copy of testdata/social that is a module of its own.
func discoverSocial(t *testing.T) *reflect.Discovery {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/social")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module "+socialPath+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	return discover(t, reflect.DiscoverOptions{Dir: dir})
}

func TestSocialIsDiscovered(t *testing.T) {
	found := discoverSocial(t)
	golden(t, "testdata/social.discovered.golden", candidates(found)+"\n")
	var got, want []string
	for _, candidate := range found.Taken() {
		got = append(got, candidate.ImportPath+"."+candidate.TypeName)
	}
	for _, value := range social {
		typ := stdreflect.TypeOf(value).Elem()
		want = append(want, typ.PkgPath()+"."+typ.Name())
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("models (-) and what is discovered (+):\n%s", diff)
	}
	if len(got) < 60 {
		t.Errorf("only %d models", len(got))
	}
}

func TestSocialIsReflected(t *testing.T) {
	positions := discoverSocial(t).Positions
	backwards := slices.Clone(social)
	slices.Reverse(backwards)
	for _, dialect := range schema.Dialects {
		t.Run(string(dialect), func(t *testing.T) {
			options := reflect.Options{Positions: positions}
			s, diagnostics := read(t, dialect, options, social...)
			var out strings.Builder
			for _, d := range diagnostics {
				fmt.Fprintf(&out, "%s: %s: %s\n", d.Severity, d.ID, d)
			}
			text := out.String() + describe(s) + "\n"
			golden(t, fmt.Sprintf("testdata/social.%s.golden", dialect), text)
			for table := range s.Tables.All() {
				if table.Origin.File == "" || table.Origin.Line == 0 {
					t.Errorf("%s has no place", table.Name)
				}
			}
			again, _ := read(t, dialect, options, backwards...)
			if diff := cmp.Diff(describe(s), describe(again)); diff != "" {
				t.Errorf("the models in another order make another schema:\n%s", diff)
			}
		})
	}
}

// The tables that bun creates from the models, hooks included, are those that Retort creates.
func TestSocialSameAsBun(t *testing.T) {
	models := slices.DeleteFunc(slices.Clone(social), func(value any) bool {
		_, declares := value.(*auth.Passkey) // what it declares bun does not know
		return declares
	})
	sameAsBun(t, models, []any{
		(*model.AccountToEmoji)(nil), (*model.StatusToTag)(nil), (*model.StatusToEmoji)(nil), (*moderation.ReportToRule)(nil),
		(*auth.UserRole)(nil),
	})
}

// inOrderOfKeys sorts models so that each comes after those that its foreign keys refer to.
func inOrderOfKeys(t *testing.T, s *schema.Schema, db *bun.DB, models []any) []any {
	t.Helper()
	byTable := map[string]any{}
	for _, value := range models {
		byTable[db.Table(stdreflect.TypeOf(value).Elem()).Name] = value
	}
	var sorted []any
	done := map[schema.Name]bool{}
	for len(sorted) < len(models) {
		before := len(sorted)
		for table := range s.Tables.All() {
			waits := slices.ContainsFunc(table.ForeignKeys, func(key *schema.ForeignKey) bool {
				return key.RefTable != table.Name && !done[key.RefTable]
			})
			if waits || done[table.Name] {
				continue
			}
			done[table.Name] = true
			sorted = append(sorted, byTable[table.Name.String()])
		}
		if len(sorted) == before {
			t.Fatal("the foreign keys of the models form a cycle")
		}
	}
	return sorted
}

// golden compares a text with a file, or writes the file with -update.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-) and now (+):\n%s", file, diff)
	}
}
