package introspect

import (
	"testing"
	"time"
)

func TestScratchNames(t *testing.T) {
	name := newScratchName()
	read, ok := parseScratchName(name.String())
	if !ok || read.unique != name.unique || time.Since(read.made) > time.Minute {
		t.Errorf("%s is read as %v, %v", name, read, ok)
	}
	const ours = "retort_scratch_69268f1c_0a1b2c3d_3ffdb396"
	if got := (scratchName{made: time.Unix(0x69268f1c, 0), unique: 0x0a1b2c3d}).String(); got != ours {
		t.Errorf("the name is %s, want %s: another version would not know it again", got, ours)
	}
	for _, alike := range []string{
		"", "retort_scratch_", "retort_scratch_old", "retort_scratch_5f_backup", "retort_scratch_69268f1c_0a1b2c3d",
		"retort_scratch_69268f1c_0a1b2c3d_3ffdb397", "retort_scratch_69268f1c_0a1b2c3d_3ffdb396_", "retort_scratch_69268F1C_0a1b2c3d_3ffdb396",
		"69268f1c_0a1b2c3d_3ffdb396", "old_" + ours, "retort_scratch_69268f1c0_0a1b2c3d_3ffdb396",
	} {
		if _, ok := parseScratchName(alike); ok {
			t.Errorf("%q passes for a name of ours", alike)
		}
	}
}
